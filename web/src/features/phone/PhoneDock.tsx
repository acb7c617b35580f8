import { Pending } from '~/app/Pending';

export const PhoneDock = Pending;
