/** How a definition says that its versions become each other (apiextensions, `validateCustomResourceConversion`). */
import type { CustomResourceDefinition } from '../custom/definition.ts';
import { mapping, textsOf } from '../fields.ts';
import { isObject } from '../patch/merge.ts';
import { type Errors, forbidden, required, unsupported } from './errors.ts';
import { validateClient, validateReviewVersions } from './webhooks.ts';

type Conversion = NonNullable<CustomResourceDefinition['spec']['conversion']>;

/** Errors name the fields as upstream holds them, which is flatter than they are written. */
export function validateConversion(errors: Errors, conversion: Conversion | undefined): void {
  const at = 'spec.conversion';
  const { strategy, webhook } = conversion ?? { strategy: 'None' };
  if (!strategy) errors.push(required(`${at}.strategy`));
  else if (strategy !== 'None' && strategy !== 'Webhook') {
    errors.push(unsupported(`${at}.strategy`, strategy, ['None', 'Webhook']));
  }
  const { clientConfig, conversionReviewVersions } = mapping(webhook);
  const versions = textsOf(conversionReviewVersions);
  const [client, reviews] = [`${at}.webhookClientConfig`, `${at}.conversionReviewVersions`];
  if (strategy === 'Webhook') {
    if (!isObject(clientConfig)) {
      errors.push(required(client, 'required when strategy is set to Webhook'));
    } else validateClient(errors, clientConfig, client);
    validateReviewVersions(errors, versions, reviews);
    return;
  }
  const why = 'should not be set when strategy is not set to Webhook';
  if (isObject(clientConfig)) errors.push(forbidden(client, why));
  if (versions.length > 0) errors.push(forbidden(reviews, why));
}
