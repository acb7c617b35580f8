import { Trans } from '@lingui/react/macro';
import { Text } from '@mantine/core';
import { Controls } from './Controls';
import { PersonSelect } from './PersonSelect';
import classes from './Phone.module.css';
import { PhoneScreen } from './PhoneScreen';
import { useHandsetLive, usePerson } from './queries';

/** The phone beside every page. */
export function PhoneDock() {
  useHandsetLive();
  const { person, choose, business, known } = usePerson();
  return (
    <div className={classes.dock}>
      <div className={classes.top}>
        <PersonSelect person={person} choose={choose} />
        <Controls />
      </div>
      <div className={classes.phone}>
        {person ? (
          <PhoneScreen key={person} person={person} business={business} />
        ) : known ? (
          <Text size="sm" c="dimmed" p="md" ta="center">
            <Trans>Choose whose phone to look at, or type a number.</Trans>
          </Text>
        ) : null}
      </div>
    </div>
  );
}
