import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, Group, Progress, Text, Tooltip, VisuallyHidden } from '@mantine/core';
import {
  IconAlertTriangle,
  IconFile,
  IconMusic,
  IconPhoto,
  IconSticker,
  IconVideo,
  IconX,
} from '@tabler/icons-react';
import { useSize, useUploadWords } from '~/ui/files';
import { Said } from '~/ui/Said';
import classes from './Attached.module.css';
import { type Attachment, wordless } from './attachments';

const ICONS = {
  image: IconPhoto,
  video: IconVideo,
  audio: IconMusic,
  document: IconFile,
  sticker: IconSticker,
};

interface Props {
  attachment: Attachment;
  /** Why providers cannot fetch it from this server. */
  unreachable: string | null | undefined;
  /** Something is written, too. */
  written: boolean;
  onRemove: () => void;
  onRetry: () => void;
}

/** The file that goes with the next answer, and how far it is. */
export function Attached({ attachment, unreachable, written, onRemove, onRetry }: Props) {
  const { t } = useLingui();
  const size = useSize();
  const why = useUploadWords();
  const { name, bytes, kind, preview, share, uploaded, problem } = attachment;
  const Icon = ICONS[kind as keyof typeof ICONS] ?? IconFile;
  const going = !uploaded && problem === undefined;
  return (
    <section className={classes.attached} aria-label={t`Attached file`}>
      <div className={classes.line}>
        {preview ? <img src={preview} alt="" className={classes.thumb} /> : <Icon size={22} aria-hidden />}
        <div className={classes.what}>
          <Text size="sm" truncate>
            <bdi>{name}</bdi>
          </Text>
          <Text size="xs" c="dimmed" role="status" component="div">
            {size(bytes)}
            {uploaded && (
              <>
                {' · '}
                <Trans>uploaded</Trans>
              </>
            )}
            {going && (
              <VisuallyHidden>
                <Trans>Uploading</Trans>
              </VisuallyHidden>
            )}
          </Text>
          {going && (
            <Progress.Root size="sm" mt={2}>
              <Progress.Section value={Math.round(share * 100)} aria-label={t`Uploading`} />
            </Progress.Root>
          )}
        </div>
        <Tooltip label={t`Remove the file`}>
          <ActionIcon variant="subtle" color="gray" aria-label={t`Remove the file`} onClick={onRemove}>
            <IconX size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </div>
      {problem !== undefined && (
        <Group gap="xs" role="alert">
          <Text size="xs" c="var(--mantine-color-error)">
            {why(problem)}
          </Text>
          <Button size="compact-xs" variant="default" onClick={onRetry}>
            <Trans>Try again</Trans>
          </Button>
        </Group>
      )}
      {wordless(kind) && written && (
        <Text size="xs" c="dimmed">
          <Trans>
            WhatsApp shows no words with such a file: what you wrote stays here for the next message.
          </Trans>
        </Text>
      )}
      {unreachable && (
        <Text size="xs" c="dimmed" component="div">
          <IconAlertTriangle size={13} aria-hidden style={{ verticalAlign: '-2px' }} />{' '}
          <Said text={unreachable} />
        </Text>
      )}
    </section>
  );
}
