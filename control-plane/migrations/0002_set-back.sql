CREATE TABLE `writers` (
	`actor` text PRIMARY KEY NOT NULL,
	`revision` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `__new_audit` (
	`sequence` integer NOT NULL,
	`at` integer NOT NULL,
	`actor` text NOT NULL,
	`act` text NOT NULL,
	`subject` text NOT NULL,
	`why` text NOT NULL,
	`previous_hash` text NOT NULL,
	`hash` text NOT NULL,
	PRIMARY KEY(`sequence`, `hash`)
);
--> statement-breakpoint
INSERT INTO `__new_audit`("sequence", "at", "actor", "act", "subject", "why", "previous_hash", "hash") SELECT "sequence", "at", "actor", "act", "subject", "why", "previous_hash", "hash" FROM `audit`;--> statement-breakpoint
DROP TABLE `audit`;--> statement-breakpoint
ALTER TABLE `__new_audit` RENAME TO `audit`;--> statement-breakpoint
CREATE INDEX `services_gone` ON `services` (`revision`) WHERE status IN ('gone', 'unknown');
