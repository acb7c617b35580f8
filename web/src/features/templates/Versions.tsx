import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Modal, SegmentedControl, Skeleton, Stack, Text, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import { useCan } from '~/api/session';
import { useSaid } from '~/i18n/said';
import { useFormat } from '~/ui/format';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { ShowMore } from '~/ui/ShowMore';
import { done } from '~/ui/toast';
import parts from './Compare.module.css';
import { useApart } from './ConflictOf';
import { contentOf, formOf, type Template } from './form';
import { Marked } from './Marked';
import { useRestore, useVersions, type Version } from './queries';
import { askReworded } from './reworded';
import classes from './Versions.module.css';

interface Props {
  template: Template;
  /** Something is being written here. */
  dirty: boolean;
  onClose: () => void;
}

const formOfVersion = (version: Version, { account_id }: Template) => formOf({ ...version, account_id });

/** What a template said each time that it was saved, who saved it, and the way back to each. */
export default function Versions({ template, dirty, onClose }: Props) {
  const { t } = useLingui();
  const versions = useVersions(template.id);
  const [chosen, setChosen] = useState<number>();
  const rows = versions.data?.pages.flatMap((page) => page.data) ?? [];
  const at = Math.max(
    0,
    rows.findIndex(({ version }) => version === chosen),
  );
  const version = rows[at];
  const { name } = template;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t`Versions of ${name}`}
      size="xl"
      closeButtonProps={{ 'aria-label': t`Close` }}
    >
      {versions.error && rows.length === 0 ? (
        <ProblemAlert problem={versions.error} retry={() => void versions.refetch()} />
      ) : versions.isPending ? (
        <Skeleton height={200} />
      ) : !version ? (
        <Text size="sm">
          <Trans>It was not changed since versions are kept. The next change is the first of them.</Trans>
        </Text>
      ) : (
        <div className={classes.columns}>
          <div className={classes.scroll}>
            <ol className={classes.list} aria-label={t`Versions, newest first`}>
              {rows.map((row, n) => (
                <li key={row.version}>
                  <UnstyledButton
                    className={classes.row}
                    aria-pressed={row === version}
                    onClick={() => setChosen(row.version)}
                  >
                    <Label version={row} newest={n === 0} />
                  </UnstyledButton>
                </li>
              ))}
            </ol>
            <ShowMore pages={versions} />
          </div>
          <Detail
            key={version.version}
            template={template}
            version={version}
            earlier={rows[at + 1]}
            newest={at === 0}
            dirty={dirty}
            onClose={onClose}
          />
        </div>
      )}
    </Modal>
  );
}

function Label({ version, newest }: { version: Version; newest: boolean }) {
  const { t } = useLingui();
  const format = useFormat();
  const { act, by, restored } = version;
  const before = restored === undefined ? '' : format.exact(restored ?? 0);
  const acts: Record<string, string> = {
    saved: t`Saved`,
    typed: t`Saved while typing`,
    copied: t`Copied from another template`,
    imported: t`Imported from the provider`,
    taken_over: t`Took over what the provider holds`,
    restored: t`Went back to ${before}`,
    unknown: t`From before versions were kept`,
  };
  return (
    <>
      <Text span display="block" size="sm" fw={600}>
        {format.exact(version.version)}
        {newest && (
          <Text span size="xs" fw={400}>
            {' · '}
            {t`now`}
          </Text>
        )}
      </Text>
      <Text span display="block" size="xs" c="dimmed">
        {acts[act] ?? act}
        {by && (
          <>
            {' · '}
            <bdi>{by}</bdi>
          </>
        )}
      </Text>
    </>
  );
}

interface DetailProps {
  template: Template;
  version: Version;
  /** The version before it. */
  earlier: Version | undefined;
  newest: boolean;
  dirty: boolean;
  onClose: () => void;
}

function Detail({ template, version, earlier, newest, dirty, onClose }: DetailProps) {
  const { t } = useLingui();
  const said = useSaid();
  const can = useCan();
  const restore = useRestore();
  const apart = useApart();
  const [against, setAgainst] = useState<'before' | 'now'>('before');
  const [problem, setProblem] = useState<unknown>();
  const form = formOfVersion(version, template);
  const now = formOf(template);
  const toNow = against === 'now' && !newest;
  const other = toNow ? now : earlier && formOfVersion(earlier, template);
  const [from, to] = toNow ? [form, other] : [other, form];
  const rows = from && to ? apart(from, to) : [];
  const fromLabel = toNow ? t`In this version` : t`Before`;
  const toLabel = toNow ? t`Now` : t`In this version`;
  const draft = template.status === 'draft' || template.status === 'rejected';
  const go = async () => {
    setProblem(undefined);
    const reworded = JSON.stringify(contentOf(form)) !== JSON.stringify(contentOf(now));
    const status = draft || !reworded ? undefined : await askReworded(t`Save other words?`, t`Close`);
    if (!draft && reworded && !status) return;
    try {
      const { note } = await restore.mutateAsync({ template, to: version, status });
      done(note ? said(note) : t`The template says again what it said then.`);
      onClose();
    } catch (error) {
      setProblem(error);
    }
  };
  return (
    <Stack gap="sm" className={classes.detail}>
      {!newest && (
        <SegmentedControl
          size="xs"
          aria-label={t`What is compared`}
          data={[
            { value: 'before', label: t`What changed then` },
            { value: 'now', label: t`What differs from now` },
          ]}
          value={against}
          onChange={(value) => setAgainst(value as 'before' | 'now')}
        />
      )}
      {rows.length > 0 ? (
        <dl className={parts.parts}>
          {rows.map(({ key, title, ours, theirs }) => (
            <div key={key}>
              <dt>{title}</dt>
              <dd className={parts.pair}>
                <Marked from={theirs} to={ours} mark="del" label={fromLabel} />
                <Marked from={ours} to={theirs} mark="ins" label={toLabel} />
              </dd>
            </div>
          ))}
        </dl>
      ) : (
        <Text size="sm">
          {toNow ? (
            <Trans>It says the same now.</Trans>
          ) : earlier ? (
            <Trans>Nothing that is shown here changed.</Trans>
          ) : (
            <Trans>The first version that is kept.</Trans>
          )}
        </Text>
      )}
      {rows.length === 0 && (
        <p className={parts.words} dir="auto">
          <span className={parts.label}>{t`Body`}</span>
          {form.body}
        </p>
      )}
      {problem !== undefined && <ProblemAlert problem={problem} />}
      {can('templates.write') && !newest && (
        <>
          <Text size="sm" c="dimmed">
            <Trans>
              Going back makes a new version, so nothing is lost. Campaigns that were launched go on with the
              words of their launch.
            </Trans>{' '}
            {dirty && <Trans>First save or discard what you changed here.</Trans>}
          </Text>
          <Group justify="flex-end">
            <Button onClick={go} loading={restore.isPending} disabled={dirty}>
              <Trans>Go back to this</Trans>
            </Button>
          </Group>
        </>
      )}
    </Stack>
  );
}
