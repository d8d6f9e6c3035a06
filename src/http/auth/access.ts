/** Who may do what: as whom somebody acts, and what roles and bindings say to it (api-02 §11). */
import { rejection } from '../../api/status.ts';
import { type Attributes, forbiddenText, isAllowed } from '../../apiserver/rbac.ts';
import type { Context, Incoming, User } from '../context.ts';
import { type Answer, statusAnswer } from '../reply.ts';
import type { RequestInfo } from '../requestinfo.ts';
import { verbOf } from '../target.ts';
import { anonymous } from './users.ts';

const impersonation = ({ username }: User): Attributes => ({
  verb: 'impersonate',
  resource: 'users',
  name: username,
});

/** The refusal, if a user may not act as another one. */
export function impersonationRefusal(caller: User, user: User, { cluster }: Context) {
  const wanted = impersonation(user);
  if (user === caller || isAllowed(caller, wanted, cluster.simulation.store.view())) {
    return undefined;
  }
  return statusAnswer(rejection('Forbidden', forbiddenText(caller, wanted), {}));
}

const open = /^\/(healthz|livez|readyz|version)(\/|$)/;

/**
 * Who has not said who it is may ask for the version and whether all is well; others, what they may.
 *
 * @param verb instead of what the method means
 */
export function forbidden(
  incoming: Incoming,
  info: RequestInfo,
  context: Context,
  verb?: string,
): Answer | undefined {
  const { user, path } = incoming;
  if (open.test(path)) return undefined;
  if (user !== anonymous && !context.rbac && !isBare(user)) return undefined;
  const meant = attributesOf(incoming, info);
  const wanted = verb === undefined ? meant : { ...meant, verb };
  if (isAllowed(user, wanted, context.cluster.simulation.store.view())) return undefined;
  const { group, resource, name } = wanted;
  const details = {
    ...(name === undefined ? {} : { name }),
    ...(group ? { group } : {}),
    ...(resource === undefined ? {} : { kind: resource }),
  };
  return statusAnswer(rejection('Forbidden', forbiddenText(user, wanted), details));
}

/** A user without any group but that of all: only roles can allow it anything. */
const isBare = ({ groups }: User): boolean =>
  groups.length === 1 && groups[0] === 'system:authenticated';

function attributesOf(incoming: Incoming, info: RequestInfo): Attributes {
  if (!info.isResource) return { verb: incoming.method.toLowerCase(), path: incoming.path };
  const { group, resource, namespace, subresource, name } = info;
  return {
    // A method that means nothing of a resource, as OPTIONS of what is proxied, only who may do everything may use.
    verb: verbOf(incoming, info) ?? '',
    group,
    resource,
    ...(namespace === undefined ? {} : { namespace }),
    ...(subresource === undefined ? {} : { subresource }),
    ...(name === undefined ? {} : { name }),
  };
}
