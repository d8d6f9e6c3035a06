/** `authorizer` of expressions: what the user, or an account, may do (k8s.io/apiserver/pkg/cel/library, authz). */
import { CelError, noOverload } from '../../api/cel/error.ts';
import { Answering } from '../../api/cel/evaluate.ts';
import { text } from '../../api/cel/values.ts';
import type { Attributes } from '../rbac.ts';
import { accountUser, type User } from '../user.ts';

export type Allows = (user: User, wanted: Attributes) => boolean;
type About = Omit<Attributes, 'verb'>;

export class Authorizer extends Answering {
  readonly type = 'kubernetes.authorization.Authorizer';
  readonly #user: User;
  readonly #allows: Allows;
  readonly #request: About;

  constructor(user: User, allows: Allows, request: About) {
    super();
    this.#user = user;
    this.#allows = allows;
    this.#request = request;
  }

  #check(about: About): Check {
    return new Check((verb) => this.#allows(this.#user, { ...about, verb }), about);
  }

  override field(name: string): { readonly value: unknown } | undefined {
    return name === 'requestResource' ? { value: this.#check(this.#request) } : undefined;
  }

  call(name: string, args: readonly unknown[]): unknown {
    const [first, second] = args;
    switch (name) {
      case 'path':
        if (text(first) === '') throw new CelError('path must not be empty');
        return this.#check({ path: text(first) });
      case 'group':
        return new Group((resource) => this.#check({ group: text(first), resource }));
      case 'serviceAccount':
        return new Authorizer(accountUser(text(first), text(second)), this.#allows, this.#request);
      default:
        throw noOverload();
    }
  }

  same(other: Authorizer): boolean {
    return other === this;
  }
}

class Group extends Answering {
  readonly type = 'kubernetes.authorization.GroupCheck';
  readonly #of: (resource: string) => Check;

  constructor(of: (resource: string) => Check) {
    super();
    this.#of = of;
  }

  call(name: string, [resource]: readonly unknown[]): unknown {
    if (name === 'resource') return this.#of(text(resource));
    throw noOverload();
  }

  same(other: Group): boolean {
    return other === this;
  }
}

class Check extends Answering {
  readonly type = 'kubernetes.authorization.ResourceCheck';
  readonly #decides: (verb: string, about: About) => boolean;
  readonly #about: About;

  constructor(decides: (verb: string, about: About) => boolean, about: About) {
    super();
    this.#decides = decides;
    this.#about = about;
  }

  call(name: string, [value]: readonly unknown[]): unknown {
    switch (name) {
      case 'subresource':
      case 'namespace':
      case 'name':
        return new Check(this.#decides, { ...this.#about, [name]: text(value) });
      case 'fieldSelector':
      case 'labelSelector':
        text(value);
        return this;
      case 'check':
        return new Decision(this.#decides(text(value), this.#about));
      default:
        throw noOverload();
    }
  }

  same(other: Check): boolean {
    return other === this;
  }
}

class Decision extends Answering {
  readonly type = 'kubernetes.authorization.Decision';
  readonly #isAllowed: boolean;

  constructor(isAllowed: boolean) {
    super();
    this.#isAllowed = isAllowed;
  }

  call(name: string): unknown {
    switch (name) {
      case 'allowed':
        return this.#isAllowed;
      case 'errored':
        return false;
      case 'error':
      case 'reason':
        return '';
      default:
        throw noOverload();
    }
  }

  same(other: Decision): boolean {
    return other === this;
  }
}
