import classes from './StackBar.module.css';

export interface Part {
  key: string;
  value: number;
  /** A CSS colour. */
  color: string;
}

interface Props {
  /** What the bar shows, in words, numbers included. */
  label: string;
  parts: readonly Part[];
  /** What the whole bar stands for; the parts together when not given. */
  whole?: number | undefined;
  height?: number;
}

/** Parts of a whole as one bar. */
export function StackBar({ label, parts, whole, height = 8 }: Props) {
  const sum = parts.reduce((n, part) => n + part.value, 0);
  const all = Math.max(whole ?? sum, sum);
  return (
    <div className={classes.bar} role="img" aria-label={label} style={{ height }}>
      {parts.map(
        (part) =>
          part.value > 0 && (
            <div
              key={part.key}
              className={classes.part}
              style={{ width: `${(100 * part.value) / all}%`, background: part.color }}
            />
          ),
      )}
    </div>
  );
}
