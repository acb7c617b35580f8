import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Progress, Text, VisuallyHidden } from '@mantine/core';
import { IconAlertTriangle, IconUpload } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { isAbort } from '~/api/upload';
import { FileDrop } from './FileDrop';
import {
  acceptOf,
  type Uploaded,
  uploadFile,
  useFileRules,
  useSize,
  useUnfit,
  useUploadWords,
} from './files';
import { Said } from './Said';

interface Props {
  /** `image`, `video` or `document`. */
  kind: string;
  /** What it is for, for screen readers. */
  name: string;
  onUploaded: (file: Uploaded) => void;
  disabled?: boolean;
  /** Another one on the page says already why providers cannot fetch files. */
  quiet?: boolean;
}

/** Uploads a file of one's own in place of a link. Nothing stands here for those who may not. */
export function MediaUpload({ kind, name, onUploaded, disabled, quiet }: Props) {
  const { t } = useLingui();
  const rules = useFileRules();
  const unfitFor = useUnfit();
  const size = useSize();
  const why = useUploadWords();
  const [share, setShare] = useState<number>();
  const [problem, setProblem] = useState<string>();
  const [done, setDone] = useState<string>();
  const leave = useRef<AbortController>(undefined);
  useEffect(() => () => leave.current?.abort(), []);
  const rule = rules?.kinds.find((one) => one.kind === kind);
  if (!rules || !rule) return null;
  const take = async (file: File) => {
    setDone(undefined);
    const unfit = unfitFor([rule], file);
    setProblem(unfit);
    if (unfit) return;
    const leaving = new AbortController();
    leave.current = leaving;
    setShare(0);
    try {
      const uploaded = await uploadFile(file, { kind }, setShare, leaving.signal);
      setDone(file.name);
      onUploaded(uploaded);
    } catch (error) {
      if (!isAbort(error)) setProblem(why(error));
    } finally {
      setShare(undefined);
    }
  };
  const endings = rule.endings.join(', ');
  const most = size(rule.bytes);
  const percent = Math.round((share ?? 0) * 100);
  return (
    <FileDrop
      compact
      name={name}
      label={<Trans>Or upload a file, or drop it here</Trans>}
      about={
        <Trans>
          {endings}, {most} at most.
        </Trans>
      }
      icon={IconUpload}
      accept={acceptOf([rule])}
      disabled={disabled || share !== undefined}
      onFile={(file) => void take(file)}
    >
      {share !== undefined && (
        <Group gap="xs" w="100%" maw={360} wrap="nowrap">
          <Progress.Root flex={1}>
            <Progress.Section value={percent} aria-label={t`Uploading`} />
          </Progress.Root>
          <Button size="compact-xs" variant="default" onClick={() => leave.current?.abort()}>
            <Trans>Cancel</Trans>
          </Button>
        </Group>
      )}
      <Text size="xs" role="status" component="div">
        {done && (
          <Trans>
            <bdi>{done}</bdi> is uploaded.
          </Trans>
        )}
        {share !== undefined && (
          <VisuallyHidden>
            <Trans>Uploading</Trans>
          </VisuallyHidden>
        )}
      </Text>
      {problem && (
        <Text size="xs" c="var(--mantine-color-error)" role="alert">
          {problem}
        </Text>
      )}
      {rules.unreachable && !quiet && (
        <Text size="xs" c="dimmed" maw={520} component="div">
          <IconAlertTriangle size={13} aria-hidden style={{ verticalAlign: '-2px' }} />{' '}
          <Said text={rules.unreachable} />
        </Text>
      )}
    </FileDrop>
  );
}
