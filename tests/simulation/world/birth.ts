import { encodeBase64url, randomBytes } from "@afterkeep/bytes";
import { ageSealSmall, parseHybridRecipient } from "@afterkeep/formats";
import { generateSigningKey } from "@afterkeep/crypto";
import { Random } from "../chance/random.ts";
import { noteRequestCall } from "../ledger/asked.ts";
import { Asking } from "../people/asking.ts";
import { newBequestId } from "../people/arming.ts";
import { Client } from "../people/client.ts";
import { ApiZone } from "../api-zone/api-zone.ts";
import { addressOf, ClockZone } from "../clock-zone/clock-zone.ts";
import { habitsOf, type Habits, type Lives } from "../people/habits.ts";
import { HonestClock } from "../people/honest-clock.ts";
import { Job } from "../people/job.ts";
import { KeyholderPin } from "../people/keyholder-pin.ts";
import { Operators } from "../people/operators.ts";
import { Life } from "../people/life.ts";
import { MailboxReader } from "../people/mailbox-reader.ts";
import { Looking } from "../people/looking.ts";
import { OwnChain } from "../people/own-chain.ts";
import { SignIns } from "../people/sign-ins.ts";
import { Watcher } from "../people/watcher.ts";
import { tryAsSomebodyElse, tryToFetch } from "../people/recipients.ts";
import type { ShownSwitch } from "../people/shown-switch.ts";
import { aKeyPair, aPerson, type BequestState, type Person, Vault } from "../people/vault.ts";
import { dayMs } from "./time.ts";
import type { World } from "./world.ts";

/** The words that only the keyholder's own last call has. */
const lastCallWords = "this is the last question";
/** Those that all of its messages have. */
const keyholderWords = "you left something with Afterkeep";
/** Those of its call about what a recipient asked. */
const requestWords = "One of them has now asked for it";

/** Of a world's plan: how many live there, and how. */
type Peopled = {
  readonly seed: string;
  readonly vaults: number;
  readonly isSilent: boolean;
  readonly isAsked: boolean;
  readonly hasClockZone: boolean;
  readonly hasOperators: boolean;
  readonly hasApi: boolean;
  readonly hasJobs: boolean;
  readonly hasSignIns: boolean;
  readonly hasKits: boolean;
  readonly lives: Lives;
};
export type Population = {
  readonly vaults: readonly Vault[];
  readonly watcher: Watcher;
  /** Null where one stands in for the product's. */
  readonly zone: ClockZone | null;
  /** Null where clients ask the keyholder themselves. */
  readonly api: ApiZone | null;
  /** The clock zone's, whichever it is. */
  work(): Promise<void>;
};

/** Fills a world: a started keyholder, a clock zone, and people who begin their lives. */
export async function populate(
  world: World,
  {
    seed,
    vaults: vaultCount,
    isSilent,
    isAsked,
    hasClockZone,
    hasOperators,
    hasApi,
    hasJobs,
    hasSignIns,
    hasKits,
    lives: howTheyLive,
  }: Peopled,
): Promise<Population> {
  // Why a randomness of their own: worlds without them stay what they were.
  const habits = habitsOf[howTheyLive];
  const operators = hasOperators ? new Operators(world, new Random(`${seed}/freezes`)) : null;
  world.operators = operators;
  await world.process.start();
  await world.process.tick();
  const pin = await KeyholderPin.from(world);
  const blob = await aBlob(world, pin);
  const vaults = new Map<string, Vault>();
  const owners = new Map<string, Vault>();
  const lives = new Map<Vault, Life>();
  const watcher = new Watcher(world, pin, vaults);
  const zone = hasClockZone ? new ClockZone(world, pin, watcher) : null;
  const clock = zone ?? new HonestClock(world, { pin, vaults, watcher, pressesLinks: !isSilent });
  const work = () => clock.work();
  const api = hasApi ? new ApiZone(world, pin, seed) : null;
  world.server = api;
  world.onWork = work;
  world.onMail = (mail) => noteCall(world, owners, mail, (vault) => isSilent || lives.get(vault)?.hearOfRequest());
  world.onRefusedMail = (mail) => noteRefusal(world, owners, mail);
  const readers = new Map<string, MailboxReader>();
  if (zone === null)
    watcher.onGranted = (shown) => {
      expectVisitors(world, vaults, shown);
      readers.get(shown.account)?.hearOfRelease(shown.b);
    };
  else {
    world.isClockZoneWell = () => zone.isWell;
    zone.site.onArrived = (to) => expectReader(world, vaults, to);
  }
  const keys = [await aKeyPair(), await aKeyPair(), await aKeyPair()];
  for (let i = 0; i < vaultCount; i++) {
    const vault = await aVault(world, i, keys, habits);
    vaults.set(vault.account, vault);
    zone?.add(vault);
    api?.add(vault);
    for (const address of vault.addresses) owners.set(address, vault);
    // Why a randomness of their own: an honest, a dead and a lying clock zone must meet the same people at the same time.
    const asking = isAsked ? new Random(`${seed}/asking/${i}`) : null;
    if (asking !== null) vault.spare = generateSigningKey();
    const client = new Client(world, pin, vault, blob, api === null ? null : new OwnChain(api, pin, vault));
    if (api !== null) client.cameAt = (jws) => api.book.cameAt(jws);
    const jobs = hasJobs && !isSilent ? new Random(`${seed}/jobs/${i}`) : null;
    const job = jobs?.chance(0.5) === true ? new Job(client, jobs) : null;
    const ins = hasSignIns && !isSilent ? new Random(`${seed}/sign-ins/${i}`) : null;
    const signIns = ins?.chance(0.5) === true ? ins : null;
    if (ins !== null && signIns === null) readers.set(vault.account, new MailboxReader(world, pin, vault, ins));
    const hasKit = hasKits && new Random(`${seed}/kits/${i}`).chance(0.3);
    const life = new Life(client, habits, { asking, job, signIns, hasKit });
    lives.set(vault, life);
    await life.begin(isSilent);
    if (signIns !== null) new SignIns(client, signIns).begin();
    if (api !== null) new Looking(world, api, vault, new Random(`${seed}/looking/${i}`)).begin();
    planVisits(world, vault, habits);
    // Why not of the silent whom no mail reaches: a clock zone that lies can keep what was asked of them waiting for as long as their silence does.
    const isReached = !isSilent || vault.bequests.every(({ facts }) => facts.reach !== "none");
    if (asking !== null && isReached) new Asking(world, pin, vault, asking).begin(habits.asksEveryMs);
  }
  operators?.begin(pin);
  planReviews(world, watcher, zone, [...vaults.values()]);
  return { vaults: [...vaults.values()], watcher, zone, api, work };
}

async function aVault(
  world: World,
  index: number,
  keys: Awaited<ReturnType<typeof aKeyPair>>[],
  habits: Habits,
): Promise<Vault> {
  const { random, ledger, mail } = world;
  const names = [`owner${index}`, `other${index}`].slice(0, random.between(1, 2));
  const vault = new Vault(
    `v${index}`,
    names.map((name) => `${name}@example.test`),
  );
  const reach = random.chance(habits.isOutOfReach)
    ? "none"
    : vault.addresses.length > 1 && random.chance(0.5)
      ? "some"
      : "all";
  for (const address of reach === "none" ? vault.addresses : vault.addresses.slice(0, reach === "some" ? 1 : 0))
    mail.deadAddresses.add(address);
  const bequests = random.chance(0.2) ? 2 : 1;
  for (let j = 0; j < bequests; j++) {
    const people: Person[] = [];
    for (const key of keys.slice(0, random.between(1, 2))) people.push(await aPerson(key.identity, key.ageKey));
    const b = newBequestId();
    const facts = ledger.open(vault.account, b, reach);
    vault.bequests.push({ b, people, facts, g: 0, mseq: 0, policyId: "", sealed: null, gates: [] });
  }
  return vault;
}

/** Why one blob for all: the keyholder looks at its length alone, and sealing is dear. */
async function aBlob(world: World, pin: KeyholderPin): Promise<string> {
  const account = newBequestId();
  const { challenge } = await world.ask("api", "challenge", { account, purpose: "control" });
  const { blobKey } = pin.open("challenge", challenge);
  return encodeBase64url(await ageSealSmall([parseHybridRecipient(blobKey)], randomBytes(256)));
}

type Sent = { to: string; text: string };

function noteCall(
  world: World,
  owners: ReadonlyMap<string, Vault>,
  { to, text }: Sent,
  tell: (owner: Vault) => void,
): void {
  world.note(`mail to ${to}`);
  const vault = owners.get(to);
  for (const { facts } of vault?.bequests ?? []) {
    if (text.includes(lastCallWords)) facts.calls.push(world.ledger.now());
    if (text.includes(requestWords)) noteRequestCall(facts, world.ledger.now());
  }
  if (vault !== undefined && text.includes(requestWords) && world.mail.weather !== "drops") tell(vault);
}

function noteRefusal(world: World, owners: ReadonlyMap<string, Vault>, { to, text }: Sent): void {
  if (!text.includes(keyholderWords)) return;
  for (const { facts } of owners.get(to)?.bequests ?? []) facts.vain.push(world.ledger.now());
}

/** The ledger asks now and then whether anything is late, also where nothing happens. */
function planReviews(world: World, watcher: Watcher, zone: ClockZone | null, vaults: readonly Vault[]): void {
  world.later(15 * dayMs, "review", async () => {
    const [first, ...others] = vaults;
    if (first === undefined) return;
    if (world.process.isUp) {
      review(world);
      if (world.operators !== null) world.ledger.freezes.judgeEnd(await world.operators.isFrozen());
      await watcher.compare(first);
      zone?.book.judgeOwed();
      for (const vault of vaults) await zone?.compare(vault);
    }
    planReviews(world, watcher, zone, [...others, first]);
  });
}

/** Nothing is late, and every share that left has its row. */
export function review({ ledger, process }: World): void {
  ledger.judgeQuiet();
  ledger.count("E3");
  ledger.fetches.compare(process.eyes.fetches());
}

/** Recipients try at every odd moment, whether anything is ready or not. */
function planVisits(world: World, vault: Vault, habits: Habits): void {
  world.later(world.random.wait(habits.triesEveryMs), `somebody asks about ${vault.name}`, async () => {
    const bequest = world.random.pick(vault.bequests);
    const person = world.random.pick(bequest.people);
    if (world.random.chance(0.3)) await tryAsSomebodyElse(world, vault, bequest, person);
    else await tryToFetch(world, vault, bequest, person);
    planVisits(world, vault, habits);
  });
}

/** Whoever was told that something is ready comes soon, and mostly more than once. */
function expectVisitors(world: World, vaults: ReadonlyMap<string, Vault>, shown: ShownSwitch): void {
  const vault = vaults.get(shown.account);
  const bequest = vault?.bequests.find(({ b }) => b === shown.b);
  if (vault === undefined || bequest === undefined) return;
  for (const { r, stage } of shown.slots) {
    const person = bequest.people.find((one) => one.r === r);
    if (stage === "granted" && person !== undefined) planVisit(world, vault, bequest, person);
  }
}

/** Whoever read the letter comes soon; the product's clock zone tells nobody in any other way. */
function expectReader(world: World, vaults: ReadonlyMap<string, Vault>, to: string): void {
  for (const vault of vaults.values())
    for (const bequest of vault.bequests)
      for (const person of bequest.people) if (addressOf(person.r) === to) planVisit(world, vault, bequest, person);
}

function planVisit(world: World, vault: Vault, bequest: BequestState, person: Person): void {
  world.later(world.random.wait(6 * dayMs), `a recipient of ${vault.name} comes`, async () => {
    await tryToFetch(world, vault, bequest, person);
  });
}
