import { Trans, useLingui } from '@lingui/react/macro';
import { Badge, Collapse, Stack, Text, Timeline, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import {
  IconArrowBackUp,
  IconCheck,
  IconChecks,
  IconChevronDown,
  IconHelpCircle,
  IconMessage,
  IconPencil,
  IconPlayerPause,
  IconPointer,
  IconSend,
  IconX,
} from '@tabler/icons-react';
import { Time } from '~/ui/format';
import { RawText } from '~/ui/RawText';
import { Said } from '~/ui/Said';
import type { Moment } from './queries';

const ICONS: Record<string, typeof IconCheck> = {
  created: IconPencil,
  attempt: IconSend,
  accepted: IconCheck,
  delivered: IconChecks,
  read: IconChecks,
  clicked: IconPointer,
  failed: IconX,
  unknown: IconHelpCircle,
  received: IconMessage,
  queued: IconArrowBackUp,
  skipped: IconPlayerPause,
  cancelled: IconPlayerPause,
};

function useMomentTitles(): Record<string, string> {
  const { t } = useLingui();
  return {
    created: t`Written down to be sent`,
    attempt: t`Asked the provider`,
    accepted: t`Accepted by the provider`,
    delivered: t`Delivered`,
    read: t`Read`,
    clicked: t`Opened a link`,
    failed: t`Failed`,
    unknown: t`No answer: unknown`,
    received: t`Received`,
    queued: t`Waits for another try`,
    skipped: t`Left out`,
    cancelled: t`Cancelled`,
  };
}

/** What was asked and answered in an attempt, secrets hidden by the server. */
function Exchange({ moment }: { moment: Moment }) {
  const { t } = useLingui();
  const [open, { toggle }] = useDisclosure();
  if (!moment.request && !moment.answer) return null;
  return (
    <>
      <UnstyledButton onClick={toggle} aria-expanded={open} mt={4} mih={24}>
        <Text size="xs" c="var(--mantine-color-anchor)" component="span">
          <Trans>What was asked and answered</Trans>
          <IconChevronDown size={12} aria-hidden />
        </Text>
      </UnstyledButton>
      <Collapse expanded={open}>
        <Stack gap="xs" mt={4}>
          {moment.request && <RawText label={t`Request`} text={moment.request} />}
          {moment.answer && (
            <RawText
              label={t`Answer`}
              text={moment.answer}
              beside={
                moment.http_status ? (
                  <Badge size="xs" variant="default">
                    HTTP {moment.http_status}
                  </Badge>
                ) : undefined
              }
            />
          )}
        </Stack>
      </Collapse>
    </>
  );
}

/** What happened to a message, in order. */
export function MessageTimeline({ moments }: { moments: Moment[] }) {
  const titles = useMomentTitles();
  return (
    <Timeline bulletSize={24} lineWidth={2} active={moments.length - 1} color="gray">
      {moments.map((moment) => {
        const Icon = ICONS[moment.what] ?? IconCheck;
        // What the title says whole needs no second sentence.
        const plain = ['created', 'delivered', 'read', 'received'].includes(moment.what);
        return (
          <Timeline.Item
            key={`${moment.at}${moment.what}${moment.detail}`}
            bullet={<Icon size={14} aria-hidden />}
            title={
              <Text size="sm" fw={500}>
                {titles[moment.what] ?? moment.what}
              </Text>
            }
          >
            {!plain && (
              <Text size="sm" dir="auto" style={{ overflowWrap: 'anywhere' }}>
                <Said text={moment.detail} />
              </Text>
            )}
            <Text size="xs" c="dimmed">
              <Time at={moment.at} full />
            </Text>
            <Exchange moment={moment} />
          </Timeline.Item>
        );
      })}
    </Timeline>
  );
}
