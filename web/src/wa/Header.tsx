import { useLingui } from '@lingui/react/macro';
import {
  IconFileText,
  IconMapPin,
  IconMicrophone,
  IconMusic,
  IconPhoto,
  IconSticker,
  IconVideo,
} from '@tabler/icons-react';
import { useState } from 'react';
import classes from './Bubble.module.css';
import { ours, type WaHeader, type WaMediaKind } from './content';
import { WaText } from './WaText';

const ICONS = {
  image: IconPhoto,
  video: IconVideo,
  audio: IconMusic,
  voice: IconMicrophone,
  document: IconFileText,
  sticker: IconSticker,
} as const;

/** The words for each kind of media. */
export function useMediaNames(): Record<WaMediaKind, string> {
  const { t } = useLingui();
  return {
    image: t`Image`,
    video: t`Video`,
    audio: t`Audio`,
    voice: t`Voice message`,
    document: t`Document`,
    sticker: t`Sticker`,
  };
}

/** The part above the text. Files of strangers are named and not fetched: only our own server is asked. */
export function Header({ header }: { header: WaHeader }) {
  const { t } = useLingui();
  if (header.type === 'text') {
    return (
      <div className={`${classes.inner} ${classes.title}`} style={{ marginBlockEnd: -10 }}>
        <WaText text={header.text} />
      </div>
    );
  }
  if (header.type === 'location') {
    const { latitude, longitude, name, address } = header;
    const degrees = latitude !== undefined && longitude !== undefined ? `${latitude}, ${longitude}` : '';
    return (
      <div className={classes.media}>
        <IconMapPin size={30} role="img" aria-label={t`Location`} />
        <strong dir="auto">{name ?? t`Location`}</strong>
        {address && <span dir="auto">{address}</span>}
        {!name && !address && degrees && <bdi dir="ltr">{degrees}</bdi>}
      </div>
    );
  }
  return <File header={header} />;
}

function File({ header }: { header: Extract<WaHeader, { type: 'media' }> }) {
  const { t } = useLingui();
  const names = useMediaNames();
  const { kind, filename } = header;
  const url = ours(header.url);
  // What failed is tried again once it is another file.
  const [failedAt, setFailed] = useState<string>();
  const failed = url !== undefined && failedAt === url;
  const word = names[kind];
  if (url && !failed) {
    const onError = () => setFailed(url);
    if (kind === 'image' || kind === 'sticker') {
      const picture = (
        <img
          src={url}
          alt={filename ?? word}
          className={kind === 'sticker' ? classes.sticker : classes.picture}
          loading="lazy"
          onError={onError}
        />
      );
      if (kind === 'sticker' || url.startsWith('blob:')) return picture;
      return (
        <a href={url} target="_blank" rel="noreferrer" aria-label={t`Open the image`}>
          {picture}
        </a>
      );
    }
    if (kind === 'video')
      return (
        // biome-ignore lint/a11y/useMediaCaption: people's own videos come without captions
        <video
          src={url}
          controls
          preload="metadata"
          aria-label={word}
          className={classes.picture}
          onError={onError}
        />
      );
    if (kind === 'audio' || kind === 'voice')
      return (
        // biome-ignore lint/a11y/useMediaCaption: people's own sounds come without captions
        <audio
          src={url}
          controls
          preload="metadata"
          aria-label={word}
          className={classes.sound}
          onError={onError}
        />
      );
  }
  const Icon = ICONS[kind];
  const file = kind === 'document' || kind === 'audio' || kind === 'voice';
  const shown = filename ?? (url && !url.startsWith('/files/') ? undefined : nameOf(header.url));
  const inside = (
    <>
      <Icon size={file ? 26 : 34} role="img" aria-label={word} />
      <bdi>{shown ?? word}</bdi>
      {failed && <span>{t`Could not be fetched. Open it to see why.`}</span>}
    </>
  );
  const look = `${classes.media} ${file ? classes.file : ''}`;
  if (!url) return <div className={look}>{inside}</div>;
  // What failed answers with the reason, in a tab of its own.
  return failed ? (
    <a className={look} href={url} target="_blank" rel="noreferrer">
      {inside}
    </a>
  ) : (
    <a className={look} href={url} download={filename ?? true}>
      {inside}
    </a>
  );
}

/** The last part of a link's path. */
function nameOf(url: string | undefined): string | undefined {
  if (!url) return undefined;
  const part = url.split(/[?#]/)[0]?.split('/').at(-1);
  if (!part) return undefined;
  try {
    return decodeURIComponent(part).slice(0, 60);
  } catch {
    return part.slice(0, 60);
  }
}
