import { useLingui } from '@lingui/react/macro';
import { diffWordsWithSpace } from 'diff';
import classes from './Compare.module.css';

interface Props {
  from: string;
  to: string;
  mark: 'del' | 'ins';
  label: string;
}

/** One text, with what the other one does not have marked in it. */
export function Marked({ from, to, mark: Mark, label }: Props) {
  const { t } = useLingui();
  let at = 0;
  const pieces = diffWordsWithSpace(from, to)
    .filter((piece) => !piece.removed)
    .map((piece) => {
      const key = at;
      at += piece.value.length;
      return piece.added ? <Mark key={key}>{piece.value}</Mark> : <span key={key}>{piece.value}</span>;
    });
  return (
    <p className={classes.words} dir="auto">
      <span className={classes.label}>{label}</span>
      {to === '' ? <i>{t`Nothing`}</i> : pieces}
    </p>
  );
}
