import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Card, NumberInput, Stack, Switch, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useFormat } from '~/ui/format';
import { useFrequencyCap } from '../cap/queries';
import { useCapWords } from '../cap/words';
import type { Editing } from './useEditing';

/** Who would get it and does not: whoever got enough lately, and the control group. */
export function HeldBack({ editing }: { editing: Editing }) {
  return (
    <Card withBorder component="section" aria-labelledby="held-back">
      <Stack>
        <Title order={2} size="h6" id="held-back">
          <Trans>Frequency cap and control group</Trans>
        </Title>
        <RespectCap editing={editing} />
        <ControlGroup editing={editing} />
      </Stack>
    </Card>
  );
}

function RespectCap({ editing }: { editing: Editing }) {
  const { t } = useLingui();
  const words = useCapWords();
  const { input, change } = editing.draft;
  const cap = useFrequencyCap();
  const limits = cap.data?.limits ?? [];
  const respects = input.respect_frequency_cap !== false;
  return (
    <Stack gap={4}>
      <Switch
        label={t`Respect the frequency cap`}
        description={
          respects
            ? t`Whoever got as much as the cap allows is left out.`
            : t`It also goes to people who got as much as the cap allows, and does not count towards it. That is for what people wait for, such as the news about an order.`
        }
        checked={respects}
        onChange={(e) => change({ respect_frequency_cap: e.currentTarget.checked ? null : false })}
      />
      {cap.data && (
        <Text size="sm" c="dimmed">
          {limits.length > 0 ? (
            <Trans>The cap: a person gets at most {words(limits)}.</Trans>
          ) : (
            <Trans>There is no cap at the moment, so this does nothing yet.</Trans>
          )}{' '}
          <Anchor component={Link} to="/settings/frequency-cap" size="sm">
            <Trans>Frequency cap</Trans>
          </Anchor>
        </Text>
      )}
    </Stack>
  );
}

function ControlGroup({ editing }: { editing: Editing }) {
  const { t } = useLingui();
  const format = useFormat();
  const { draft, reach, counting } = editing;
  const percent = draft.input.control_percent ?? 0;
  const held = reach.data?.excluded.control_group;
  return (
    <Stack gap={4}>
      <NumberInput
        label={t`Control group, percent`}
        description={t`So many of those who would get it do not, so that you can compare the two. Chance decides who; from now on they stay the same for this campaign.`}
        placeholder={t`None`}
        maw={560}
        min={0}
        max={50}
        step={1}
        decimalScale={1}
        allowNegative={false}
        value={draft.input.control_percent ?? ''}
        onChange={(value) =>
          draft.change({ control_percent: typeof value === 'number' && value > 0 ? value : null })
        }
        error={draft.errorAt('/control_percent')}
      />
      {percent > 0 && held !== undefined && !counting && (
        <Text size="sm" role="status">
          <Plural
            value={held}
            one="1 person is held out."
            other={`${format.number(held)} people are held out.`}
          />{' '}
          <Trans>They stand on the campaign's page, among those left out.</Trans>
        </Text>
      )}
    </Stack>
  );
}
