import type { Visit } from './execution.ts';
import type { Facts } from './facts.ts';
import { milestone } from './facts.ts';
import type { Output } from './io.ts';
import { logLine, picture } from './picture.ts';
import { cut } from './words.ts';

/** Shows a release while it goes on: called at every look, and in between. */
export interface Viewer {
  show(facts: Facts, visits: readonly Visit[]): void;
  /** Leaves what was shown as it stands: something else is written next. */
  done(): void;
}

/** One JSON document for each change. */
export function jsonViewer(output: Output): Viewer {
  return onChange((facts) => output.write(`${JSON.stringify({ type: 'change', ...facts })}\n`));
}

/** One line for each change: for logs. */
export function logViewer(output: Output): Viewer {
  return onChange((facts) => {
    // The end has its own words.
    if (facts.outcome === null) output.write(`${logLine(facts)}\n`);
  });
}

function onChange(tell: (facts: Facts) => void): Viewer {
  let last = '';
  return {
    show(facts) {
      const now = milestone(facts);
      if (now === last) return;
      last = now;
      tell(facts);
    },
    done: () => undefined,
  };
}

/** A picture that is drawn over itself. */
export function liveViewer(output: Output): Viewer {
  let drawn = 0;
  return {
    show(facts, visits) {
      const lines = picture(facts, visits)
        .map((line) => cut(line, output.columns - 1))
        // What has scrolled away cannot be drawn over.
        .slice(-(output.rows - 1));
      const up = drawn > 0 ? `\u001B[${drawn}A` : '';
      output.write(`${up}\r\u001B[J${lines.join('\n')}\n`);
      drawn = lines.length;
    },
    done: () => {
      drawn = 0;
    },
  };
}
