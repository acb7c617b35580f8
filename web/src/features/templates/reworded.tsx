import { Trans } from '@lingui/react/macro';
import { Button, Stack, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { unique } from '~/api/unique';
import { openDialog } from '~/ui/dialogs';

/** What becomes of a template that went to the provider and was reworded here. */
export function askReworded(title: string, close: string): Promise<'draft' | 'approved' | undefined> {
  return new Promise((resolve) => {
    const id = unique();
    let answer: 'draft' | 'approved' | undefined;
    const take = (next: 'draft' | 'approved') => {
      answer = next;
      modals.close(id);
    };
    openDialog({
      modalId: id,
      title,
      closeButtonProps: { 'aria-label': close },
      onClose: () => resolve(answer),
      children: (
        <Stack>
          <Text size="sm">
            <Trans>
              WhatsApp approved other words. Until the new ones are approved, providers refuse messages with
              them, so the template becomes a draft again. Campaigns that were launched go on with the words
              of their launch.
            </Trans>
          </Text>
          <Button onClick={() => take('draft')}>
            <Trans>Save as a draft, to be approved again</Trans>
          </Button>
          <Button variant="default" onClick={() => take('approved')}>
            <Trans>Keep it approved: the provider holds exactly these words</Trans>
          </Button>
          <Button variant="subtle" color="gray" onClick={() => modals.close(id)}>
            <Trans>Do not save yet</Trans>
          </Button>
        </Stack>
      ),
    });
  });
}
