import { z } from 'zod';
import { aPort, namespaceName, port } from './config-schemas.ts';

/** The variables about installed applications, as `variables` has them. */
export const appsVariables = {
  TENET_APPS_DRIVER: {
    schema: z.enum(['off', 'process', 'kubernetes']).default('off'),
    must: 'off, process or kubernetes',
    text: 'What runs installed applications: nothing, processes of this machine, or a cluster. docs/applications.md says what each isolates.',
  },
  TENET_APPS_DIRECTORY: {
    schema: z.string().min(1).optional(),
    text: 'Directory of the data and the logs of applications that are processes of this machine. Default: apps in the data directory.',
  },
  TENET_APPS_NAMESPACE: {
    schema: namespaceName.default('tenet-apps'),
    must: 'the name of a namespace',
    text: 'Namespace in which installed applications run, where they run in a cluster. k8s/apps makes it, with what Tenet may do there.',
  },
  TENET_APPS_STORAGE: {
    schema: z
      .string()
      .regex(/^[1-9]\d{0,5}(Mi|Gi)$/)
      .default('1Gi'),
    must: 'a size such as 512Mi or 10Gi',
    text: 'Size of the volume of each application in a cluster that keeps data. One that is there keeps its size.',
  },
  TENET_APPS_GATEWAY_PORT: {
    schema: port.optional(),
    must: aPort,
    text: 'Port on which installed applications are opened; 0 takes a free one. Without it there is no gateway.',
  },
  TENET_APPS_DOMAIN: {
    schema: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/)
      .max(200)
      .optional(),
    must: 'a domain name in lower case, such as apps.example.com',
    text: 'Domain below which the gateway has a host for each application, such as inst-....apps.example.com. Without it they are paths, /inst_.../, and share what a browser keeps for one site.',
  },
} as const;
