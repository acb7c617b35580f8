import { Trans, useLingui } from '@lingui/react/macro';
import { Badge, Button, Group, Modal, Stack, TagsInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconTag } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { fieldErrors } from '~/api/form';
import { useCan } from '~/api/session';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { done } from '~/ui/toast';
import { setLabels, useFacets } from './desk';

interface Labelled {
  id: string;
  name: string;
  labels: string[];
}

/** The labels of a campaign, to be read. */
export function LabelPills({ labels }: { labels: readonly string[] }) {
  const { t } = useLingui();
  if (labels.length === 0) return null;
  return (
    <Group gap={4} component="ul" aria-label={t`Labels`} m={0} p={0} style={{ listStyle: 'none' }}>
      {labels.map((label) => (
        <Badge key={label} component="li" variant="default" tt="none" fw={500} radius="sm" maw={220}>
          <bdi>{label}</bdi>
        </Badge>
      ))}
    </Group>
  );
}

interface Props {
  campaign: Labelled;
  opened: boolean;
  close: () => void;
}

/** Asks for all labels of a campaign. */
export function LabelsModal({ campaign, opened, close }: Props) {
  const { t } = useLingui();
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t`Labels of ${campaign.name}`}
      closeButtonProps={{ 'aria-label': t`Close` }}
    >
      {opened && <LabelsForm campaign={campaign} close={close} />}
    </Modal>
  );
}

function LabelsForm({ campaign, close }: Omit<Props, 'opened'>) {
  const { t } = useLingui();
  const facets = useFacets();
  const [labels, set] = useState(campaign.labels);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const wrong = Object.values(fieldErrors(problem))[0];
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      await setLabels(campaign.id, labels);
      done(t`The labels are saved.`, () => setLabels(campaign.id, campaign.labels));
      close();
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void save(event)}>
      <Stack>
        <TagsInput
          label={t`Labels`}
          description={t`Free words, such as a season or a region. Enter adds one.`}
          value={labels}
          onChange={set}
          data={(facets.data?.labels ?? []).map(({ label }) => label)}
          maxTags={20}
          maxLength={40}
          acceptValueOnBlur
          error={wrong}
          data-autofocus
        />
        {problem !== undefined && !wrong && <ProblemAlert problem={problem} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" loading={busy}>
            <Trans>Save</Trans>
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Opens the labels of a campaign, for those who write campaigns. */
export function LabelsButton({ campaign }: { campaign: Labelled }) {
  const can = useCan();
  const [opened, { open, close }] = useDisclosure();
  if (!can('campaigns.write')) return null;
  return (
    <>
      <Button variant="default" leftSection={<IconTag size={16} aria-hidden />} onClick={open}>
        <Trans>Labels</Trans>
      </Button>
      <LabelsModal campaign={campaign} opened={opened} close={close} />
    </>
  );
}
