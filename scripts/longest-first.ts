import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The files that take longest, longest first, each with a part of its path that no other file has. */
const longest = [
  "tests/simulation/long-life.test",
  "tests/torture/torture.test",
  "tests/e2e/documents.test",
  "tests/e2e/story.test",
  "tests/e2e/web-story.test",
  "tests/e2e/web-asking.test",
  "tests/e2e/zero-knowledge.test",
  "tests/e2e/opener.test",
  "tests/e2e/hostile-release.test",
  "tests/e2e/keyholder-says-no.test",
  "tests/e2e/demo.test",
  "tests/e2e/incident-freeze.test",
  "supervisor/src/supervise.test",
  "tests/simulation/",
  "tests/specs/",
  "tests/e2e/production.test",
  "tests/e2e/hostile-api.test",
  "tests/torture/wrong-clock.test",
];

/**
 * Begins the long files before the short ones, so that the workers end together: vitest itself knows only on a second run what takes long.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((a, b) => groupOf(a) - groupOf(b) || rankOf(a) - rankOf(b));
  }
}

function groupOf({ project }: TestSpecification): number {
  return project.config.sequence.groupOrder;
}

function rankOf({ moduleId }: TestSpecification): number {
  const rank = longest.findIndex((part) => moduleId.includes(part));
  return rank < 0 ? longest.length : rank;
}
