import type { WaContent } from '~/wa/content';
import { useScheme } from '~/wa/scheme';
import { WaBubble } from '~/wa/WaBubble';
import classes from './PhoneScreen.module.css';

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
