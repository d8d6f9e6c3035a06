/** When an image is pulled if nobody says: always for `latest`, said or unsaid (api-05 §1). */

const component = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const path = new RegExp(`^${component}(?:/${component})*$`);
const tag = /^\w[\w.-]{0,127}$/;
const digest = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const domain = /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d+)?$/;

/** An image that is no reference at all has no tag that could be `latest`. */
export function pullPolicyOf(image: string): 'Always' | 'IfNotPresent' {
  const at = image.indexOf('@');
  const named = at < 0 ? image : image.slice(0, at);
  if (at >= 0 && !digest.test(image.slice(at + 1))) return 'IfNotPresent';
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  const tagged = colon < 0 ? undefined : named.slice(colon + 1);
  if (tagged !== undefined && !tag.test(tagged)) return 'IfNotPresent';
  if (!isName(colon < 0 ? named : named.slice(0, colon))) return 'IfNotPresent';
  const isLatest = tagged === 'latest' || (tagged === undefined && at < 0);
  return isLatest ? 'Always' : 'IfNotPresent';
}

function isName(name: string): boolean {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  const isDomain = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  if (slash < 0 || !isDomain) return path.test(name) && !/^[a-f0-9]{64}$/.test(name);
  return domain.test(first) && path.test(name.slice(slash + 1));
}
