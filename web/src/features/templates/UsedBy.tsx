import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import classes from './Builder.module.css';
import { useUses } from './queries';

/** The campaigns that were made with a template, the newest of them. */
export function UsedBy({ id }: { id: string }) {
  const { t } = useLingui();
  const uses = useUses(id);
  if (!uses.data) return null;
  const campaigns = uses.data.data;
  return (
    <section aria-label={t`Used by`}>
      <Text fw={600} size="sm">
        <Trans>Used by</Trans>
      </Text>
      {campaigns.length === 0 ? (
        <Text size="sm" c="dimmed">
          <Trans>No campaign yet.</Trans>
        </Text>
      ) : (
        <ul className={classes.rules}>
          {campaigns.map((campaign) => (
            <li key={campaign.id} className={classes.use}>
              <Anchor
                size="sm"
                renderRoot={(props) => <Link {...props} to="/campaigns/$id" params={{ id: campaign.id }} />}
              >
                <bdi>{campaign.name}</bdi>
              </Anchor>
            </li>
          ))}
          {uses.data.next_cursor && (
            <li className={classes.use}>
              <Text size="sm" c="dimmed">
                <Trans>and more</Trans>
              </Text>
            </li>
          )}
        </ul>
      )}
    </section>
  );
}
