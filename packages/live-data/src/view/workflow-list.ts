import type { Instrument } from '../instruments/instrument.ts'
import type { LiveParameterField, LiveParameterGroup, LiveWorkflow } from '../ui-types.ts'
import type { ParameterField, ParameterModel } from '../workflows/parameters.ts'
import type { Workflow } from '../workflows/workflow.ts'

/** The workflows of an instrument as pages show them. */
export function liveWorkflows(
  instrument: Instrument,
  workflows: readonly Workflow[],
): readonly LiveWorkflow[] {
  return workflows.map((workflow) => {
    const { name, version, service, group, title, description, sources, auxSources, supportsReset } = workflow
    const [first = ''] = sources
    const outputs = workflow.outputs(first)
    return {
      id: `${instrument.name}/${name}/${version}`,
      name,
      service,
      group,
      title,
      description,
      sources,
      auxSources,
      parameters: parameterGroups(workflow.parameters),
      outputs,
      supportsReset,
      hasRegions: outputs.some((output) => output.name === 'roi_rectangle'),
      nicosDevices: instrument.nicosDevices
        .filter((device) => device.workflow === name)
        .map(({ deviceName, source, output }) => ({ name: deviceName, source, output })),
    }
  })
}

function parameterGroups(model: ParameterModel): readonly LiveParameterGroup[] {
  return Object.entries(model).map(([name, { title, description, fields }]) => ({
    name,
    title,
    description,
    fields: Object.fromEntries(Object.entries(fields).map(([field, spec]) => [field, formField(spec)])),
  }))
}

function formField(field: ParameterField): LiveParameterField {
  if (field.type !== 'enum') return field
  const { type, title, values } = field
  return { type, title, default: field.default, values }
}
