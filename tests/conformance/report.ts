/** Counts cases and remembers the failed ones by name. */
export class Report {
  passed = 0;
  readonly failures: string[] = [];

  /** One case: passes if `isRight` is true; an exception is a failure with its message. */
  check(name: string, isRight: () => boolean): void {
    try {
      if (isRight()) this.passed += 1;
      else this.failures.push(name);
    } catch (error) {
      this.failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

/** Runs one file, or one folder of files that belong together. */
export type Runner = {
  readonly title: string;
  /** Paths below the folder that this runner reads. */
  covers(path: string): boolean;
  run(folder: string, paths: readonly string[], report: Report): void;
};

/** Whether `action` throws: the way an untrusted input is refused. */
export function isRefused(action: () => unknown): boolean {
  try {
    action();
    return false;
  } catch {
    return true;
  }
}
