import { useLingui } from '@lingui/react/macro';
import { useComputedColorScheme } from '@mantine/core';
import { IconBuildingStore } from '@tabler/icons-react';
import type { ReactNode, Ref } from 'react';
import classes from './Phone.module.css';
import { PhoneScheme, type Scheme, useScheme } from './scheme';

interface Props {
  /** Who the person of this phone talks to. */
  title: ReactNode;
  about?: ReactNode;
  scheme?: Scheme;
  /** Of the screen, when it is not to grow with its content. */
  height?: number | string;
  /** Stands below the screen, such as a field to write in. */
  foot?: ReactNode;
  /** Stands at the end of the bar. */
  actions?: ReactNode;
  label?: string;
  /** `log` for a chat that grows. */
  role?: 'log';
  screenRef?: Ref<HTMLDivElement>;
  children: ReactNode;
}

/** A phone around bubbles. */
export function PhoneFrame(props: Props) {
  const { title, about, scheme, height, foot, actions, label, role, screenRef, children } = props;
  const { t } = useLingui();
  const colours = useScheme(scheme);
  const own = useComputedColorScheme('light', { getInitialValueInEffect: false });
  return (
    <PhoneScheme value={scheme ?? own}>
      <section className={`${classes.frame} ${colours}`} style={{ height }} aria-label={label ?? t`Phone`}>
        <div className={classes.bar}>
          <span className={classes.avatar} aria-hidden>
            <IconBuildingStore size={19} />
          </span>
          <div className={classes.who} dir="auto" style={{ flex: 1 }}>
            {title}
            {about && <span className={classes.about}>{about}</span>}
          </div>
          {actions}
        </div>
        <div
          ref={screenRef}
          className={classes.screen}
          // What scrolls must be reachable by keyboard, and have a name then.
          {...{ role: role ?? 'group', 'aria-label': t`Screen`, tabIndex: 0 }}
        >
          {children}
        </div>
        {foot}
      </section>
    </PhoneScheme>
  );
}
