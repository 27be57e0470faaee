/** The record types of the schema by name, so that domains can point at each other without importing one another. */
import type { Row } from '../database/database.ts';
import { builder } from './builder.ts';
import { connectionOf } from './connection.ts';

export const Client = builder.objectRef<Row>('Client');
export const ClientContact = builder.objectRef<Row>('ClientContact');
export const ClientGroup = builder.objectRef<Row>('ClientGroup');
export const ClientLocation = builder.objectRef<Row>('ClientLocation');
export const ClientType = builder.objectRef<Row>('ClientType');
export const ContactRole = builder.objectRef<Row>('ContactRole');
export const Employee = builder.objectRef<Row>('Employee');
export const Region = builder.objectRef<Row>('Region');
export const SuccessCycle = builder.objectRef<Row>('SuccessCycle');

export const ClientConnection = connectionOf('Client', Client, 'clients');
export const ClientContactConnection = connectionOf('ClientContact', ClientContact, 'contacts');
export const ClientLocationConnection = connectionOf('ClientLocation', ClientLocation, 'locations');
