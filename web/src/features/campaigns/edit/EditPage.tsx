import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconCircleX, IconLoader2 } from '@tabler/icons-react';
import { Link, Navigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { ApiProblem } from '~/api/client';
import { useCan } from '~/api/session';
import { useFormat } from '~/ui/format';
import { PageHeader } from '~/ui/PageHeader';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { LabelPills, LabelsButton } from '../Labels';
import { type Campaign, useCampaign, useTemplate } from '../queries';
import { STEPS, type Step } from '../routes';
import { CheckList } from './CheckList';
import { ConflictOf } from './ConflictOf';
import { type Check, useChecks, worst } from './checks';
import classes from './EditPage.module.css';
import { NameField } from './NameField';
import { Rail, ReachLine } from './Rail';
import { ReviewStep } from './ReviewStep';
import { type Draft, useDraft } from './useDraft';
import { useEditing } from './useEditing';
import { WhatStep } from './WhatStep';
import { WhenStep } from './WhenStep';
import { WhoStep } from './WhoStep';
import { momentOf } from './when';

/** Writes a campaign in steps that can be taken in any order. */
export function EditPage() {
  const { t } = useLingui();
  const can = useCan();
  const { id } = useParams({ from: '/shell/campaigns/$id/edit' });
  const format = useFormat();
  const { data: campaign, error, refetch } = useCampaign(id);
  if (error && !campaign) {
    return (
      <Stack>
        <PageHeader title={t`Campaign`} />
        <ProblemAlert problem={error} retry={() => void refetch()} />
      </Stack>
    );
  }
  if (!campaign) return <Waiting />;
  if (campaign.state !== 'draft') return <Navigate to="/campaigns/$id" params={{ id }} replace />;
  if (!can('campaigns.write')) {
    return (
      <>
        <PageHeader title={campaign.name} />
        <Text>
          <Trans>This is a draft. Your role may look at campaigns but not write them.</Trans>
        </Text>
        {campaign.starts?.at && (
          <Text mt="xs">
            <Trans>Planned for {format.full(campaign.starts.at)}</Trans>
          </Text>
        )}
      </>
    );
  }
  return <WithTemplate key={id} campaign={campaign} />;
}

/** What a draft may be saved with depends on its template, so that comes first. */
function WithTemplate({ campaign }: { campaign: Campaign }) {
  const [first] = useState(campaign.template_id);
  const template = useTemplate(first);
  return template.isPending ? <Waiting /> : <Editor campaign={campaign} />;
}

function Waiting() {
  const { t } = useLingui();
  return (
    <Stack role="status" aria-label={t`Loading`}>
      <Skeleton height={36} width="40%" />
      <Skeleton height={44} />
      <Skeleton height={240} />
    </Stack>
  );
}

function Editor({ campaign }: { campaign: Campaign }) {
  const { t } = useLingui();
  const search = useSearch({ from: '/shell/campaigns/$id/edit' });
  const step = search.step ?? 'who';
  const draft = useDraft(campaign);
  const editing = useEditing(draft);
  const checks = useChecks(editing);
  const format = useFormat();
  const planned = momentOf(draft.input.starts);
  const time = planned && format.full(planned);
  const titles: Record<Step, string> = { who: t`Who`, what: t`What`, when: t`When`, review: t`Review` };
  const at = STEPS.indexOf(step);
  const before = STEPS[at - 1];
  const after = STEPS[at + 1];
  const own = checks.filter((check) => check.step === step && check.tone !== 'good');
  return (
    <>
      <PageHeader
        title={draft.input.name || t`Campaign`}
        beside={
          <Group gap="xs">
            <SavedSign draft={draft} />
            <LabelPills labels={campaign.labels} />
          </Group>
        }
        actions={<LabelsButton campaign={campaign} />}
        about={
          planned === undefined
            ? t`A draft. Nothing is sent before you launch it under Review.`
            : t`A draft, planned for ${time}. Nothing is sent before you launch it under Review.`
        }
      />
      <Steps id={campaign.id} current={step} titles={titles} checks={checks} />
      <div className={classes.page}>
        <div className={classes.columns}>
          <div className={classes.main}>
            <Stack gap="lg">
              <ConflictOf editing={editing} />
              <ReachLine editing={editing} />
              {step === 'who' && <NameField draft={draft} />}
              {own.length > 0 && <CheckList checks={own.map(({ step: _, ...check }) => check)} />}
              {step === 'who' && <WhoStep editing={editing} />}
              {step === 'what' && <WhatStep editing={editing} />}
              {step === 'when' && <WhenStep editing={editing} />}
              {step === 'review' && <ReviewStep editing={editing} checks={checks} />}
              <Group justify="space-between" mt="md">
                {before ? (
                  <Button
                    component={Link}
                    to={`/campaigns/${campaign.id}/edit`}
                    search={{ step: before } as never}
                    variant="default"
                  >
                    <Trans>Back: {titles[before]}</Trans>
                  </Button>
                ) : (
                  <span />
                )}
                {after && (
                  <Button
                    component={Link}
                    to={`/campaigns/${campaign.id}/edit`}
                    search={{ step: after } as never}
                  >
                    <Trans>Next: {titles[after]}</Trans>
                  </Button>
                )}
              </Group>
            </Stack>
          </div>
          <Rail editing={editing} />
        </div>
      </div>
    </>
  );
}

interface StepsProps {
  id: string;
  current: Step;
  titles: Record<Step, string>;
  checks: Check[];
}

function Steps({ id, current, titles, checks }: StepsProps) {
  const { t } = useLingui();
  return (
    <nav aria-label={t`Steps`}>
      <ol className={classes.steps}>
        {STEPS.map((step, i) => {
          const tone = step === 'review' ? 'good' : worst(checks, step);
          return (
            <li key={step}>
              <Link
                to="/campaigns/$id/edit"
                params={{ id }}
                search={{ step }}
                className={classes.step}
                aria-current={step === current ? 'step' : undefined}
              >
                <span className={classes.number} aria-hidden>
                  {i + 1}
                </span>
                {titles[step]}
                {tone === 'bad' && (
                  <IconCircleX
                    size={16}
                    color="var(--mantine-color-error)"
                    role="img"
                    aria-label={t`must be mended`}
                  />
                )}
                {tone === 'warn' && (
                  <IconAlertTriangle
                    size={16}
                    color="var(--mantine-color-orange-7)"
                    role="img"
                    aria-label={t`has something to mind`}
                  />
                )}
              </Link>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

function SavedSign({ draft }: { draft: Draft }) {
  const { saving, held, problem } = draft;
  const wrong = held.length || (problem instanceof ApiProblem ? problem.errors.length : 0);
  const stuck = saving === 'refused' || saving === 'held' || saving === 'apart';
  return (
    <Group gap={4} role="status" data-testid="saved">
      {saving === 'saved' && <IconCheck size={16} aria-hidden />}
      {(saving === 'saving' || saving === 'waiting') && <IconLoader2 size={16} aria-hidden />}
      {(saving === 'refused' || saving === 'apart') && (
        <IconAlertTriangle size={16} color="var(--mantine-color-error)" aria-hidden />
      )}
      <Text size="sm" c={stuck ? 'var(--mantine-color-error)' : 'dimmed'}>
        {saving === 'saved' ? (
          <Trans>Saved</Trans>
        ) : saving === 'apart' ? (
          <Trans>Not saved: somebody else changed it</Trans>
        ) : stuck ? (
          wrong > 0 ? (
            <Plural
              value={wrong}
              one="Not saved yet: one thing to mend"
              other="Not saved yet: # things to mend"
            />
          ) : (
            <Trans>Not saved: the server did not take it</Trans>
          )
        ) : (
          <Trans>Saving</Trans>
        )}
      </Text>
      {saving === 'refused' && wrong === 0 && (
        <Button size="compact-xs" variant="default" onClick={() => void draft.flush()}>
          <Trans>Try again</Trans>
        </Button>
      )}
    </Group>
  );
}
