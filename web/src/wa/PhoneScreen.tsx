import type { WaContent } from './content';
import classes from './PhoneScreen.module.css';
import { useScheme } from './scheme';
import { WaBubble } from './WaBubble';

interface Props {
  content: WaContent;
  marketing?: boolean;
  label?: string;
}

/** A bubble before a phone's wall, without the phone. */
export function PhoneScreen({ content, marketing, label }: Props) {
  return (
    <div className={`${useScheme()} ${classes.wall}`}>
      <WaBubble content={content} marketing={marketing} label={label} />
    </div>
  );
}
