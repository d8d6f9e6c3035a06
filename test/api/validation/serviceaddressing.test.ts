/** Ranges of Services and single addresses: what is refused, in the words of 1.36. */
import { suite } from 'uvu';
import { refuses, refusesUpdate } from './table.ts';

const test = suite('validation of addresses of Services');

test('[api-06] a range of each family at most, and only the second may come later', () => {
  const right = { metadata: { name: 'more' }, spec: { cidrs: ['10.1.0.0/24'] } };
  const both =
    'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/96';
  refuses('ServiceCIDR', right, [
    [{ 'spec/cidrs': ['10.1.0.0/24', '2001:db8::/96'] }],
    [{ 'spec/cidrs': [] }, 'spec.cidrs: Required value: at least one CIDR required'],
    [
      { 'spec/cidrs': ['10.1.0.0/24', '10.2.0.0/24'] },
      `spec.cidrs: Invalid value: {"CIDRs":["10.1.0.0/24","10.2.0.0/24"]}: ${both}`,
    ],
    [
      { 'spec/cidrs': ['10.1.0/24'] },
      'spec.cidrs[0]: Invalid value: "10.1.0/24": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
    ],
  ]);
  refusesUpdate('ServiceCIDR', right, [
    [{ 'spec/cidrs': ['10.1.0.0/24', '2001:db8::/96'] }],
    [
      { 'spec/cidrs': ['10.2.0.0/24'] },
      'spec.cidrs[0]: Invalid value: "10.2.0.0/24": field is immutable',
    ],
  ]);
});

test('[api-06] an address is called as it is, and belongs to one object', () => {
  const parentRef = { resource: 'services', namespace: 'default', name: 's' };
  const right = { metadata: { name: '10.1.0.5' }, spec: { parentRef } };
  refuses('IPAddress', right, [
    [{ 'metadata/name': '2001:db8::1' }],
    [
      { 'metadata/name': 'ten' },
      'metadata.name: Invalid value: "ten": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
    [{ 'spec/parentRef': undefined }, 'spec.parentRef: Required value'],
    [{ 'spec/parentRef/name': '' }, 'spec.parentRef.name: Required value'],
  ]);
  refusesUpdate('IPAddress', right, [
    [
      { 'spec/parentRef/name': 't' },
      'spec.parentRef: Invalid value: {"name":"t","namespace":"default","resource":"services"}: field is immutable',
    ],
  ]);
});

test.run();
