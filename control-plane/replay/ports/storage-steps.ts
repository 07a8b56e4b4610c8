// Storage steps over what is kept in memory: all writes of a step, or none when it throws, as on a disk. A step within another one is part of
// it; where it throws and the outer one goes on, it alone is taken back. Only what a step wrote is looked at for that.
type Undo = () => void;

export class StorageSteps {
  /** how to take back what the step that is under way wrote, oldest first */
  readonly #undo: Undo[] = [];
  #isUnderWay = false;

  /** Nothing was written in a step that is under way. */
  get isUntouched(): boolean {
    return this.#undo.length === 0;
  }

  atomically(write: () => void): void {
    const [isOuter, before] = [!this.#isUnderWay, this.#undo.length];
    this.#isUnderWay = true;
    try {
      write();
    } catch (error) {
      while (this.#undo.length > before) this.#undo.pop()?.();
      throw error;
    } finally {
      if (isOuter) {
        this.#isUnderWay = false;
        this.#undo.length = 0;
      }
    }
  }

  /** Something was written; `undo` takes it back. */
  wrote(undo: Undo): void {
    if (this.#isUnderWay) this.#undo.push(undo);
  }
}
