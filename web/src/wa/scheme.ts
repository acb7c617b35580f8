import { useComputedColorScheme } from '@mantine/core';
import { createContext, useContext } from 'react';
import classes from './Wa.module.css';

export type Scheme = 'light' | 'dark';

/** The scheme of the phone around a bubble. */
export const PhoneScheme = createContext<Scheme | undefined>(undefined);

/** The class that carries the colours: of the scheme given, of the phone around, or of the dashboard. */
export function useScheme(given?: Scheme): string {
  const around = useContext(PhoneScheme);
  const own = useComputedColorScheme('light', { getInitialValueInEffect: false });
  return (given ?? around ?? own) === 'dark' ? (classes.dark ?? '') : (classes.light ?? '');
}
