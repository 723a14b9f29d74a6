import { Future } from '../../sim/sync.ts';
import { InvalidReference } from '../../images/reference.ts';
import { RuntimeError, type Runtime } from '../runtime/runtime.ts';
import { Backoff, goDuration } from './backoff.ts';
import type { ResolvedImage } from '../../images/image.ts';
import type { Kernel } from '../../sim/kernel.ts';
import type { Task } from '../../sim/wait.ts';
import type { ContainerSpec } from './container-status.ts';

const FIRST_BACKOFF_MS = 10_000;
const LONGEST_BACKOFF_MS = 300_000;
/** After a failed pull the worker comes back (pod workers' backOffPeriod with jitter), if only to say that it holds back. */
const LOOK_AGAIN_MS = 12_000;
/** Failures remembered; the oldest are forgotten first. */
const MOST_BACKOFFS = 1000;

/** Records an event about the container whose image it is. */
export type TellContainer = (type: 'Normal' | 'Warning', reason: string, message: string) => void;

/** Why a container's image is not there: the waiting reason, its message, and when to look again. */
export class ImageProblem extends Error {
  override name = 'ImageProblem';
  readonly reason: string;
  readonly retryAtMs: number;

  constructor(reason: string, message: string, retryAtMs: number) {
    super(message);
    this.reason = reason;
    this.retryAtMs = retryAtMs;
  }
}

interface Failure {
  readonly backoff: Backoff;
  message: string;
}

/** Sees that containers have their images, pulling them one after the other (images/image_manager.go). */
export class ImagePuller {
  private readonly kernel: Kernel;
  private readonly runtime: Runtime;
  private readonly serialize: boolean;
  private readonly failures = new Map<string, Failure>();
  /** Those who pull or wait to; when serialized only the first pulls. */
  private readonly queue: Future<void>[] = [];

  constructor(kernel: Kernel, runtime: Runtime, serialize: boolean) {
    this.kernel = kernel;
    this.runtime = runtime;
    this.serialize = serialize;
  }

  /** The container's image, pulled if its policy wants it. Throws {@link ImageProblem}. */
  *ensure(podUid: string, spec: ContainerSpec, tell: TellContainer): Task<ResolvedImage> {
    const image = spec.image ?? '';
    const present = this.find(image, tell);
    const policy = spec.imagePullPolicy ?? 'IfNotPresent';
    if (present && policy !== 'Always') {
      tell('Normal', 'Pulled', `Container image "${image}" already present on machine and can be accessed by the pod`);
      return present;
    }
    if (policy === 'Never') {
      const message = `Container image "${image}" is not present with pull policy of Never`;
      tell('Warning', 'ErrImageNeverPull', message);
      throw new ImageProblem('ErrImageNeverPull', message, this.kernel.now + FIRST_BACKOFF_MS);
    }
    const key = `${podUid}_${image}`;
    const failure = this.failures.get(key);
    const waitUntil = failure?.backoff.untilSinceUpdate(this.kernel.now) ?? 0;
    if (failure && waitUntil > this.kernel.now) {
      const message = `Back-off pulling image "${image}"`;
      tell('Normal', 'BackOff', message);
      throw new ImageProblem('ImagePullBackOff', `${message}: ErrImagePull: ${failure.message}`, waitUntil);
    }
    tell('Normal', 'Pulling', `Pulling image "${image}"`);
    return yield* this.pull(key, image, tell);
  }

  private *pull(key: string, image: string, tell: TellContainer): Task<ResolvedImage> {
    const queuedMs = this.kernel.now;
    const turn = this.enqueue();
    try {
      yield* turn.wait();
      const startedMs = this.kernel.now;
      const resolved = yield* this.runtime.pullImage(image);
      this.failures.delete(key);
      const took = goDuration(this.kernel.now - startedMs);
      const all = goDuration(this.kernel.now - queuedMs);
      tell(
        'Normal',
        'Pulled',
        `Successfully pulled image "${image}" in ${took} (${all} including waiting). Image size: ${resolved.sizeBytes} bytes.`,
      );
      return resolved;
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error;
      tell('Warning', 'Failed', `Failed to pull image "${image}": ${error.message}`);
      const failure = this.remember(key, error.message);
      const retryAtMs = Math.min(failure.backoff.untilSinceUpdate(this.kernel.now), this.kernel.now + LOOK_AGAIN_MS);
      throw new ImageProblem('ErrImagePull', error.message, retryAtMs);
    } finally {
      this.leave(turn);
    }
  }

  private find(image: string, tell: TellContainer): ResolvedImage | undefined {
    try {
      return this.runtime.findImage(image);
    } catch (error) {
      if (!(error instanceof InvalidReference)) throw error;
      const message = `Failed to apply default image tag "${image}": couldn't parse image name "${image}": ${error.message}`;
      tell('Warning', 'InspectFailed', message);
      throw new ImageProblem('InvalidImageName', message, this.kernel.now + FIRST_BACKOFF_MS);
    }
  }

  private remember(key: string, message: string): Failure {
    let failure = this.failures.get(key);
    if (!failure) {
      failure = { backoff: new Backoff(FIRST_BACKOFF_MS, LONGEST_BACKOFF_MS), message };
      this.failures.set(key, failure);
      if (this.failures.size > MOST_BACKOFFS) {
        for (const oldest of this.failures.keys()) {
          this.failures.delete(oldest);
          break;
        }
      }
    }
    failure.message = message;
    failure.backoff.next(this.kernel.now, this.kernel.now);
    return failure;
  }

  /** Joins the queue for the puller; the turn comes at once if nobody is before. */
  private enqueue(): Future<void> {
    const turn = new Future<void>();
    this.queue.push(turn);
    if (this.queue.length === 1 || !this.serialize) turn.resolve();
    return turn;
  }

  /** Gives a turn up, whether it has come or not. */
  private leave(turn: Future<void>): void {
    const at = this.queue.indexOf(turn);
    this.queue.splice(at, 1);
    if (at === 0) this.queue[0]?.resolve();
  }
}
