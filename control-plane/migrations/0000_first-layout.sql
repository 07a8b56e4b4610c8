CREATE TABLE `audit` (
	`sequence` integer NOT NULL,
	`at` integer NOT NULL,
	`actor` text NOT NULL,
	`act` text NOT NULL,
	`refs` text NOT NULL,
	`subject` text NOT NULL,
	`why` text NOT NULL,
	`previous_hash` text NOT NULL,
	`hash` text NOT NULL,
	PRIMARY KEY(`sequence`, `hash`)
);
--> statement-breakpoint
CREATE TABLE `hosts` (
	`host_id` text PRIMARY KEY NOT NULL,
	`shard` text NOT NULL,
	`name` text NOT NULL,
	`liveness` text NOT NULL,
	`since_at` integer,
	`condition` text NOT NULL,
	`services` text NOT NULL,
	`urgency` integer,
	`revision` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE INDEX `hosts_listed` ON `hosts` (`urgency`,`name`,`host_id`) WHERE urgency IS NOT NULL;--> statement-breakpoint
CREATE INDEX `hosts_retired` ON `hosts` (`revision`) WHERE liveness = 'retired';--> statement-breakpoint
CREATE TABLE `incident_hosts` (
	`incident_id` text NOT NULL,
	`host_id` text NOT NULL,
	`host_name` text NOT NULL,
	`began_at` integer NOT NULL,
	`revision` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`incident_id`, `host_id`)
);
--> statement-breakpoint
CREATE INDEX `incident_hosts_by_host` ON `incident_hosts` (`host_id`);--> statement-breakpoint
CREATE INDEX `incident_hosts_by_name` ON `incident_hosts` (`host_name`);--> statement-breakpoint
CREATE TABLE `incidents` (
	`incident_id` text PRIMARY KEY NOT NULL,
	`subject_kind` text NOT NULL,
	`subject_key` text NOT NULL,
	`host_id` text,
	`service` text,
	`reason` text NOT NULL,
	`severity` text NOT NULL,
	`state` text NOT NULL,
	`title` text NOT NULL,
	`opened_at` integer NOT NULL,
	`happened_at` integer NOT NULL,
	`resolved_at` integer,
	`revision` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE INDEX `incidents_resolved` ON `incidents` (`resolved_at`,`incident_id`) WHERE resolved_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX `incidents_resolved_by_host` ON `incidents` (`host_id`,`resolved_at`,`incident_id`) WHERE resolved_at IS NOT NULL AND host_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX `incidents_by_time` ON `incidents` (`opened_at`,`incident_id`);--> statement-breakpoint
CREATE INDEX `incidents_by_reason` ON `incidents` (`reason`,`opened_at`,`incident_id`);--> statement-breakpoint
CREATE INDEX `incidents_by_service` ON `incidents` (`service`,`opened_at`,`incident_id`) WHERE service IS NOT NULL;--> statement-breakpoint
CREATE INDEX `incidents_going` ON `incidents` (`opened_at`,`incident_id`) WHERE resolved_at IS NULL;--> statement-breakpoint
CREATE TABLE `layout` (
	`number` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `pages` (
	`key` text PRIMARY KEY NOT NULL,
	`incident_id` text NOT NULL,
	`kind` text NOT NULL,
	`responder` text NOT NULL,
	`state` text NOT NULL,
	`attempts` integer NOT NULL,
	`title` text NOT NULL,
	`created_at` integer NOT NULL,
	`delivered_at` integer,
	`delivered_by` text,
	`last_error` text,
	`revision` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE INDEX `pages_by_time` ON `pages` (`created_at`,`key`);--> statement-breakpoint
CREATE INDEX `pages_by_incident` ON `pages` (`incident_id`,`created_at`,`key`);--> statement-breakpoint
CREATE INDEX `pages_by_responder` ON `pages` (`responder`,`created_at`,`key`);--> statement-breakpoint
CREATE TABLE `services` (
	`host_id` text NOT NULL,
	`service` text NOT NULL,
	`status` text NOT NULL,
	`names` text NOT NULL,
	`revision` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`host_id`, `service`)
);
--> statement-breakpoint
CREATE INDEX `services_gone` ON `services` (`revision`) WHERE status IN ('gone', 'unknown');--> statement-breakpoint
CREATE TABLE `writers` (
	`actor` text PRIMARY KEY NOT NULL,
	`revision` integer NOT NULL
);
--> statement-breakpoint
-- The mark of the layout (control-plane/src/stored/layout.ts), written by hand: drizzle-kit makes tables, and no rows.
INSERT INTO `layout` (`number`) VALUES (3);
