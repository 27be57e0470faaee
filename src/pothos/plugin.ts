/** The plugin: what the options of types and fields say becomes what the schema's readers find on them (facts.ts). */
import SchemaBuilder, {
  BasePlugin,
  type PothosOutputFieldConfig,
  type PothosTypeConfig,
  type SchemaTypes,
} from '@pothos/core';
import type { GraphQLFieldResolver } from 'graphql';
import { recordTypes } from './fields.ts';

export class RecordsPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onTypeConfig(config: PothosTypeConfig): PothosTypeConfig {
    const model = recordTypes(this.builder).models.get(config.name);
    return model === undefined ? config : { ...config, extensions: { ...config.extensions, record: { model } } };
  }

  override onOutputFieldConfig(config: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    if (config.kind === 'Query' || config.kind === 'Mutation') {
      const { access } = config.pothosOptions;
      return access === undefined ? config : { ...config, extensions: { ...config.extensions, record: { access } } };
    }
    const exposed = config.extensions?.pothosExposedField;
    if (typeof exposed !== 'string') return config;
    const fromSource = (source: Readonly<Record<string, unknown>>) => source[exposed];
    return { ...config, extensions: { ...config.extensions, execution: { fromSource } } };
  }

  override wrapResolve(
    resolve: GraphQLFieldResolver<unknown, Types['Context'], object>,
    config: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> {
    if (config.kind !== 'Query' && config.kind !== 'Mutation') return resolve;
    const { name, kind, pothosOptions } = config;
    return this.builder.options.records.guard(
      { name, writes: kind === 'Mutation', access: pothosOptions.access },
      resolve,
    );
  }
}

SchemaBuilder.registerPlugin('records', RecordsPlugin);
