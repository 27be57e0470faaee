import { describe, expect, it } from 'vitest';
import { packed, unpacked, unpackedNames } from '../src/database/change-values.ts';
import { newId } from '../src/ids.ts';

describe('values of a change', () => {
  const entry = { firmId: 1, at: '', actor: 'test', kind: 'CREATED', entity: 'ClientContact', before: null } as const;

  it('come back as they were', () => {
    const after = {
      clientId: newId('Client'),
      roleId: newId('ContactRole'),
      mergedIntoId: newId('ClientContact'),
      salespersonId: null,
      lastName: 'Lee',
      address: { line1: '1 Old Street', country: 'GB' },
      customFields: { level: 'gold', numbers: [1, 2] },
    };
    const stored = JSON.parse(JSON.stringify(packed({ ...entry, after }).after));
    expect(JSON.stringify(stored).length).toBeLessThan(JSON.stringify(after).length / 2);
    expect(unpacked('ClientContact', stored)).toEqual(after);
    expect(unpackedNames('ClientContact', stored)).toEqual(Object.keys(after));
  });

  it('are kept as they are under a name without a letter', () => {
    const after = { lastName: 'Lee', shoeSize: 43 };
    const { before, after: stored } = packed({ ...entry, after });
    expect([before, stored]).toEqual([null, after]);
    expect(unpacked('ClientContact', stored)).toEqual(after);
    expect(unpackedNames('ClientContact', stored)).toEqual(['lastName', 'shoeSize']);
  });

  it('are read by the letters they were written with', () => {
    const names = [
      'trackingId name status active invitationStatus tags clientGroupId note websiteUrl logoUrl avatarUrl inceptionDate',
      'terminatedDate address regionId timezone externalIds npsScore email phone altPhone companyName',
      'communicationPreferences person typeId successCycleId assignedCsmId assignedSalesRepId assignedSalesRepName',
      'createdById modifiedById primaryContactId parentId accountTeam customFields clientId locationId roleId firstName',
      'middleName lastName title phoneHome phoneMobile phoneOffice phoneFax language birthday accountCode notes adminNotes',
      'salespersonId isPrimary key type entity order required archived options mergedIntoId line1 line2 line3 city region',
      'postalCode country uprn fullAddress',
    ];
    const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:;,!?';
    expect(unpackedNames('Client', [letters.slice(0, names.join(' ').split(' ').length)])).toEqual(
      names.join(' ').split(' '),
    );
  });
});
