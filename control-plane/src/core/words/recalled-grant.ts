// A grant that a freeze recalls, as the desk names it to a shard. Pure types.

/** A grant that a freeze recalls, whether or not it has come yet. */
export interface RecalledGrant {
  readonly grantId: string;
  readonly hostId: string;
  readonly service: string;
  /** after this nobody needs to know of it any more */
  readonly expiresAt: number;
}
