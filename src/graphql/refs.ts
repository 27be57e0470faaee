/** The record types of the schema by name, so that domains can point at each other without importing one another. */
import { builder } from './builder.ts';
import { connectionOf } from './connection.ts';

export const Client = builder.recordRef('Client');
export const ClientContact = builder.recordRef('ClientContact');
export const ClientGroup = builder.recordRef('ClientGroup');
export const ClientLocation = builder.recordRef('ClientLocation');
export const ClientType = builder.recordRef('ClientType');
export const ContactRole = builder.recordRef('ContactRole');
export const Employee = builder.recordRef('Employee');
export const Region = builder.recordRef('Region');
export const SuccessCycle = builder.recordRef('SuccessCycle');

export const ClientConnection = connectionOf('Client', Client, 'clients');
export const ClientContactConnection = connectionOf('ClientContact', ClientContact, 'contacts');
export const ClientLocationConnection = connectionOf('ClientLocation', ClientLocation, 'locations');

builder.pagesOf('Client', ClientConnection);
builder.pagesOf('ClientContact', ClientContactConnection);
builder.pagesOf('ClientLocation', ClientLocationConnection);
