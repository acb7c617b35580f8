import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, AppShell, Box, Burger, Button, Divider, Group, NavLink, Text } from '@mantine/core';
import { useDisclosure, useLocalStorage, useMediaQuery } from '@mantine/hooks';
import { IconDeviceMobile, IconMenu2 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { lazy, Suspense, useEffect } from 'react';
import { startQuery, useCan } from '~/api/session';
import { unreadText, useUnread } from '~/api/unread';
import { withTexts } from '~/i18n';
import { startLive } from '~/live/live';
import { useTitleNews } from '~/ui/title';
import { LiveDot } from './LiveDot';
import { PLACES } from './nav';
import classes from './Shell.module.css';
import { useShortcuts } from './shortcuts';
import { Unread } from './Unread';

// What can wait until the page is seen.
const Tools = lazy(() => import('./Tools').then((m) => ({ default: m.Tools })));
const News = lazy(
  withTexts('inbox', () => import('~/features/inbox/News').then((m) => ({ default: m.News }))),
);
const PhoneDock = lazy(
  withTexts('phone', () => import('~/features/phone/PhoneDock').then((m) => ({ default: m.PhoneDock }))),
);

/** Navigation, what runs, and the page. */
export function Shell() {
  const { t, i18n } = useLingui();
  const can = useCan();
  const { pathname } = useLocation();
  const [open, menu] = useDisclosure();
  const [phone, setPhone] = useLocalStorage({ key: 'harkara.phone', defaultValue: true });
  const { data: start } = useQuery(startQuery);
  const handset = Boolean(start?.handset) && can('handset.use');
  // Below this width there is no room beside the page; the phone has a page of its own then.
  const roomy = useMediaQuery('(min-width: 75em)', undefined, { getInitialValueInEffect: false });
  const docked = handset && phone && roomy && pathname !== '/phone';
  useEffect(startLive, []);
  const closeMenu = menu.close;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the menu closes when the page changes
  useEffect(closeMenu, [pathname]);
  useShortcuts();
  const unread = unreadText(useUnread());
  useTitleNews(unread);

  const places = PLACES.filter((place) => !place.needs || can(place.needs));
  const active = (to: string) => (to === '/' ? pathname === '/' : pathname.startsWith(to));
  const links = (group: 'work' | 'settings') =>
    places
      .filter((place) => place.group === group)
      .map(({ to, label, icon: Icon }) => (
        <NavLink
          key={to}
          component={Link}
          to={to}
          className={classes.link}
          label={i18n._(label)}
          leftSection={<Icon size={18} aria-hidden />}
          rightSection={to === '/inbox' && <Unread count={unread} />}
          active={active(to)}
          aria-current={active(to) ? 'page' : undefined}
        />
      ));
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 216, breakpoint: 'sm', collapsed: { mobile: !open } }}
      aside={{ width: 372, breakpoint: 'lg', collapsed: { mobile: true, desktop: !docked } }}
      padding={{ base: 'md', md: 'lg' }}
      // The phone may come and go at once: a page that slides for it is wider than a narrow window meanwhile.
      transitionDuration={0}
    >
      <Button component="a" href="#page" className={classes.skip}>
        <Trans>Skip to the page</Trans>
      </Button>
      <AppShell.Header px="md">
        <Group h="100%" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger opened={open} onClick={menu.toggle} hiddenFrom="sm" size="sm" aria-label={t`Menu`} />
            <Anchor component={Link} to="/" underline="never" c="inherit">
              <Group gap={8} wrap="nowrap">
                <img src="/icon.svg" width={26} height={26} alt="" />
                <Text fw={700} component="span">
                  Harkara
                </Text>
              </Group>
            </Anchor>
            <LiveDot />
          </Group>
          <Group gap={4} wrap="nowrap">
            <Suspense>
              <Tools places={places} phone={handset ? { shown: phone, show: setPhone } : undefined} />
            </Suspense>
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={t`Main`}>
        <Box className={classes.places}>
          {links('work')}
          {handset && (
            <NavLink
              component={Link}
              to="/phone"
              hiddenFrom="lg"
              className={classes.link}
              label={t`Simulated phone`}
              leftSection={<IconDeviceMobile size={18} aria-hidden />}
              active={active('/phone')}
            />
          )}
          <Divider my="xs" label={t`Settings`} labelPosition="left" />
          {links('settings')}
        </Box>
      </AppShell.Navbar>
      <AppShell.Main id="page" tabIndex={-1} style={{ outline: 'none' }}>
        <Outlet />
        <Box hiddenFrom="sm" h={64} aria-hidden />
      </AppShell.Main>
      {docked && (
        <AppShell.Aside aria-label={t`Simulated phone`}>
          <Suspense>
            <PhoneDock />
          </Suspense>
        </AppShell.Aside>
      )}
      {can('inbox.read') && (
        <Suspense>
          <News />
        </Suspense>
      )}
      <nav className={classes.bottom} aria-label={t`Quick`}>
        {places.slice(0, 4).map(({ to, label, icon: Icon }) => (
          <Link key={to} to={to} className={classes.tab} data-active={active(to) || undefined}>
            <Icon size={22} aria-hidden />
            <span>{i18n._(label)}</span>
            {to === '/inbox' && <Unread count={unread} />}
          </Link>
        ))}
        <button
          type="button"
          className={classes.tab}
          style={{ background: 'none', border: 0 }}
          onClick={menu.toggle}
          aria-expanded={open}
        >
          <IconMenu2 size={22} aria-hidden />
          <Trans>More</Trans>
        </button>
      </nav>
    </AppShell>
  );
}
