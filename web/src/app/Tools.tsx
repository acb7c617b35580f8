import { Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { IconDeviceMobile } from '@tabler/icons-react';
import { HelpSheet } from './HelpSheet';
import { JobTray } from './jobs/JobTray';
import type { Place } from './nav';
import { Palette } from './Palette';
import { UserMenu } from './UserMenu';

interface Props {
  places: readonly Place[];
  /** The simulated phone beside the page, where there is one. */
  phone: { shown: boolean; show: (shown: boolean) => void } | undefined;
}

/** What stands at the end of the header. */
export function Tools({ places, phone }: Props) {
  return (
    <>
      <Palette places={places} />
      <JobTray />
      {phone && (
        <Button
          visibleFrom="lg"
          variant={phone.shown ? 'light' : 'subtle'}
          size="compact-md"
          leftSection={<IconDeviceMobile size={16} aria-hidden />}
          aria-pressed={phone.shown}
          onClick={() => phone.show(!phone.shown)}
        >
          <Trans>Phone</Trans>
        </Button>
      )}
      <HelpSheet />
      <UserMenu />
    </>
  );
}
