module PlaNet.Properties.AgentAndData

open System
open System.Collections.Generic
open System.Threading
open Expecto
open PlaNet
open PlaNet.Environments
open PlaNet.Experiments
open PlaNet.Models
open PlaNet.Planning
open PlaNet.Common
open PlaNet.Replay
open PlaNet.Runs.Playing
open PlaNet.Runs.Schedule
open PlaNet.Tensors
open TorchSharp

/// A world without physics: images and rewards depend on the seed and on every action so far.
type World(decisions: int, actionSize: int, terminatesAfter: int option) =
    let mutable random = RandomStream 0uL
    let mutable total = 0.0
    let received = List<float32[]>()
    let rewards = List<float>()
    let noStates = Dictionary<string, float32[]>() :> IReadOnlyDictionary<_, _>

    let observe () =
        let image = Array.init (64 * 64 * 3) (fun _ -> byte (random.NextInt32 200 + int (25.0 * (1.0 + Math.Tanh total))))
        Observation(image, noStates)

    /// The actions received since the last reset.
    member _.Received = received
    /// The rewards paid since the last reset.
    member _.Rewards = rewards

    interface IEnvironment with
        member _.Spec = EnvironmentSpec("world", ActionSpec.Unit actionSize, ImageSpec(), [||], decisions)

        member _.Reset seed =
            random <- RandomStream seed
            total <- 0.0
            received.Clear()
            rewards.Clear()
            observe ()

        member _.Step action =
            received.Add(action.ToArray())
            total <- total + float (Seq.sum received[received.Count - 1])
            rewards.Add(random.NextDouble())
            let terminated = (terminatesAfter = Some received.Count)
            StepResult(observe (), rewards[rewards.Count - 1], terminated, received.Count >= decisions)

    interface IDisposable with
        member _.Dispose() = ()

/// The same world with a specification without images, for wrappers.
type private Blind(world: World) =
    let inner: IEnvironment = world

    interface IEnvironment with
        member _.Spec =
            EnvironmentSpec(inner.Spec.Task, inner.Spec.Action, null, [| StateSpec("sum", 1) |], inner.Spec.ControlSteps)

        member _.Reset seed = inner.Reset seed
        member _.Step action = inner.Step action

    interface IDisposable with
        member _.Dispose() = ()

let record (world: IEnvironment) seed (policy: IPolicy) =
    EpisodePlayer.Record([| world |], [| seed |], policy, TimeProvider.System, Nullable 3L, CancellationToken.None)[0]

let action (episode: Episode) step =
    episode.Action[step * episode.ActionSize .. (step + 1) * episode.ActionSize - 1]

/// The decisions of an agent, replayed from an episode: filters each image with the action stored in its row, plans, adds noise, clips. The
/// result equals the agent's actions if the agent filters with exactly the actions that were sent and stored.
let private replayed (model: WorldModel) options (explorationNoise: float) (seed: uint64) (episode: Episode) =
    use generator = new torch.Generator(seed)
    let normal (shape: int64[]) = torch.randn (shape, generator = generator)
    let planner = CrossEntropyMethod options
    let mutable state = model.Dynamics.InitialState 1L

    [ for step in 0 .. episode.Steps - 1 do
          let bytes = episode.ImageShape.Bytes
          let pixels = (torch.tensor episode.Image[step * bytes .. (step + 1) * bytes - 1]).view (1L, 64L, 64L, 3L)
          let dither = ImagePreprocessing.Dither(pixels.shape, generator)
          let seen = ImagePreprocessing.Preprocess(pixels, model.Options.ImageBits, dither).permute (0L, 3L, 1L, 2L)
          let noise = normal [| 1L; model.Dynamics.StochasticSize |]
          let before = (torch.tensor (action episode step)).view (1L, int64 episode.ActionSize)
          state <- model.Dynamics.Posterior(state, before, (nonNull model.Encoder).forward seen, noise)
          let plan = planner.Plan(WorldModelDynamics model, WorldModelDynamics.State state, GeneratorNoise generator)
          let mean = plan.Mean.select (1L, 0L)
          let explored = if explorationNoise > 0.0 then mean + (normal mean.shape).mul explorationNoise else mean
          explored.clamp(-1.0, 1.0).contiguous().data<float32>().ToArray() ]

let private episodes = Input.quadruple Input.seed (Input.integer 1 5) (Input.integer 1 3) (Input.integer 1 4)

let private planner = PlannerOptions(Horizon = 3, Iterations = 3, Candidates = 60, Elites = 6)

/// Plays an episode with a small untrained model.
let private play explorationNoise (seed, decisions, actionSize, z) check =
    use model = Small.model f32 seed actionSize (z, 6, 6)
    use world = new World(decisions, actionSize, None)
    use agent = new Agent(model, planner, 1, torch.CPU, explorationNoise, seed)
    check model world (record (world :> IEnvironment) seed agent)

/// Episodes in memory, whose numbers identify their row.
type private Library(lengths: int list) =
    let shape = ImageShape(1, 1)

    let episode index length =
        let row k = if k = 0 then 0f else float32 (1000 * index + k)
        let image = Array.init (3 * length) (fun i -> byte (i / 3))
        let reward = Array.init length (fun k -> 2f * row k)
        Episode($"episode-{index}", shape, 1, image, Array.init length row, reward)

    let all = lengths |> List.mapi episode
    member _.Episodes = all
    member _.Names = [ for e in all -> e.Name ]

    interface IEpisodeSource with
        member _.Load name = all |> List.find (fun e -> e.Name = name)

        member this.Describe name =
            let e = (this :> IEpisodeSource).Load name
            EpisodeEntry(e.Name, e.Length, e.Return, e.Bytes)

/// The 1 - 1e-4 quantile of the chi-square distribution (Wilson and Hilferty).
let private improbable (degrees: int) =
    let k = float degrees
    k * (1.0 - 2.0 / (9.0 * k) + 3.719 * sqrt (2.0 / (9.0 * k))) ** 3.0

/// Requires that counts agree with probabilities, which sum to 1.
let requireDistributed what (probabilities: float[]) (counts: int[]) =
    let total = float (Array.sum counts)
    let statistic = Array.map2 (fun p n -> (float n - p * total) ** 2.0 / (p * total)) probabilities counts |> Array.sum
    require (counts.Length = 1 || statistic <= improbable (counts.Length - 1)) $"{what}: chi-square {statistic} of {List.ofArray counts}"

let requireUniform what (counts: int[]) =
    requireDistributed what (Array.create counts.Length (1.0 / float counts.Length)) counts

let tests = testList "AgentAndData" [

    // Seen to fail when the agent remembered its plan instead of the noisy action, and when half the action was recorded.
    "property 42: the action fed to the filter is the action sent and the action stored"
    |> Law.holds 12 episodes (fun ((seed, _, _, _) as case) ->
        play 0.3 case (fun model world episode ->
            let stored = [ for step in 1 .. episode.Steps -> action episode step ]
            require (List.ofSeq world.Received = stored) "sent and stored actions differ"
            require (replayed model planner 0.3 seed episode = stored) "the filter was fed with other actions than were sent"))

    // Seen to fail when noise of 0.05 was added to every action, and when half the reward was recorded.
    "property 43: without noise the agent executes its plan; an episode begins with zeros and sums to its return"
    |> Law.holds 12 episodes (fun ((seed, decisions, _, _) as case) ->
        play 0.0 case (fun model world episode ->
            let stored = [ for step in 1 .. episode.Steps -> action episode step ]
            require (replayed model planner 0.0 seed episode = stored) "not the clipped plan"
            require (episode.Length = decisions + 1) $"{episode.Length} rows of {decisions} decisions"
            require (action episode 0 |> Array.forall (fun a -> a = 0f) && episode.Reward[0] = 0f) "row 0 is not zero"
            requireNear "the return" 1e-6 (Seq.sum world.Rewards) episode.Return
            requireNear "the sum of the record" 1e-6 (episode.Reward |> Seq.sumBy float) episode.Return))

    let inputs = Input.quadruple Input.seed (Input.integer 1 5) (Input.integer 1 20) (Input.oneOf [ None; Some 1; Some 3; Some 7 ])

    // Seen to fail when repeats continued past the end, and when only the last reward counted.
    "property 44: a repeated action's rewards add up until the episode ends"
    |> Law.holds 100 inputs (fun (seed, repeat, steps, terminatesAfter) ->
        use world = new World(steps, 2, terminatesAfter)
        use repeated = new ActionRepeat(new Blind(world), repeat)
        repeated.Reset seed |> ignore
        let act = [| 0.5f; -0.5f |]
        let length = match terminatesAfter with Some n -> min n steps | None -> steps
        let mutable paid = 0

        while paid < length do
            let result = repeated.Step(act.AsSpan())
            let expected = min repeat (length - paid)
            require (world.Received.Count = paid + expected) $"{world.Received.Count - paid} steps instead of {expected}"
            requireNear "the reward" 1e-12 (Seq.sum (world.Rewards.GetRange(paid, expected))) result.Reward
            paid <- paid + expected
            require (result.Ended = (paid = length)) "the end is not where the inner episode's is")

    let inputs = Input.quadruple Input.seed (Input.integer 1 3) (Input.integer 0 4) (Input.integer 1 5)

    // Seen to fail when the last dimensions were sent on instead of the first.
    "property 51: padded action dimensions do not reach the environment"
    |> Law.holds 60 inputs (fun (seed, size, added, steps) ->
        use plain = new World(steps, size, None)
        use inner = new World(steps, size, None)
        use padded = new PadActions(inner, size + added)
        (plain :> IEnvironment).Reset seed |> ignore
        padded.Reset seed |> ignore
        let random = RandomStream seed

        for _ in 1..steps do
            let act = Array.init (size + added) (fun _ -> float32 (random.NextUniform(-1.0, 1.0)))
            let expected = (plain :> IEnvironment).Step(act.AsSpan(0, size))
            let actual = padded.Step(act.AsSpan())
            require (actual.Reward = expected.Reward) "another reward"
            require (nonNull actual.Observation.Image = nonNull expected.Observation.Image) "another image"

        require (List.ofSeq plain.Received = List.ofSeq inner.Received) "other actions")

    let inputs = Input.triple Input.seed (Input.integer 1 6) (Input.list 1 4 (Input.integer 0 12))

    // Seen to fail when the last start was never drawn, when rewards came from row 0, and when earlier episodes were drawn more often.
    "property 45: chunks are contiguous and start anywhere that fits with equal chance"
    |> Law.holds 25 inputs (fun (seed, chunk, extra) ->
        let library = Library(extra |> List.map (fun n -> chunk + n))
        let starts = extra |> List.map (fun n -> Array.zeroCreate<int> (n + 1)) |> Array.ofList
        let drawn = 150 * (extra |> List.max |> (+) 1) * extra.Length
        let batch = ChunkSampler(library, drawn, chunk, RandomStream seed, library.Names).Sample()

        for i in 0 .. drawn - 1 do
            let origin = batch.Origins[i]
            let index = library.Names |> List.findIndex (fun name -> name = origin.Episode)
            let episode = library.Episodes[index]
            starts[index][origin.Start] <- starts[index][origin.Start] + 1
            let rows (values: 'a[]) width first = values[first * width .. (first + chunk) * width - 1]
            require (rows batch.Actions 1 (i * chunk) = rows episode.Action 1 origin.Start) "the actions are no slice"
            require (rows batch.Rewards 1 (i * chunk) = rows episode.Reward 1 origin.Start) "the rewards are no slice"
            require (rows batch.Images 3 (i * chunk) = rows episode.Image 3 origin.Start) "the images are no slice"

        requireUniform "episodes" (starts |> Array.map Array.sum)

        for counts in starts do
            requireUniform "starts" counts
            require (counts[0] > 0 && counts[counts.Length - 1] > 0) "an end is never reached")

    let inputs = Input.triple Input.seed (Input.integer 1 6) (Input.list 1 4 (Input.integer 0 12))

    // Seen to fail when flat draws chose the episode first, and when periods walked their episodes in one order.
    "property 45: the other sampling modes cut chunks that fit, the flat mode with equal chance for every start"
    |> Law.holds 25 inputs (fun (seed, chunk, extra) ->
        let library = Library(extra |> List.map (fun n -> chunk + n))
        let all = [ for name, n in List.zip library.Names extra do for start in 0..n -> name, start ]
        let flat = ChunkSampler(library, 200 * all.Length, chunk, RandomStream seed, library.Names, ChunkSelection.Flat).Draw()
        let drawn = flat |> Array.countBy (fun origin -> origin.Episode, origin.Start) |> dict
        require (Seq.forall (fun key -> List.contains key all) drawn.Keys) "a chunk does not fit its episode"
        requireUniform "starts of all episodes" [| for key in all -> (match drawn.TryGetValue key with | true, n -> n | _ -> 0) |]

        // A period is 1000 chunks for any batch size, here 8 batches. It consists of passes through all episodes, each in another order.
        let periods = ChunkSampler(library, 125, chunk, RandomStream seed, library.Names, ChunkSelection.Periods seed)
        let origins = [| for batch in 0L .. 7L -> periods.Draw batch |] |> Array.concat
        require (origins |> Array.forall (fun o -> List.contains (o.Episode, o.Start) all)) "a chunk does not fit its episode"

        let walks =
            origins |> Array.map (fun o -> o.Episode) |> Array.chunkBySize extra.Length |> Array.filter (fun w -> w.Length = extra.Length)

        require (walks |> Array.forall (fun walk -> (Array.distinct walk).Length = extra.Length)) "a walk met an episode twice"
        require (extra.Length = 1 || (Array.distinct walks).Length > 1) "every walk is the same")

    let floorDiv a b = int (Math.Floor(float a / float b))

    // Seen to fail when the first collection followed update C instead of C + 1.
    "property 46: the number of collections after a number of updates equals the reference"
    |> Law.holds 300 (Input.integer 0 100_000) (fun updates ->
        let expected = if updates < 101 then 0 else max 0 (1 + floorDiv (50 * (updates - 1) - 5000) 5000)
        let actual = RunSchedule(Experiment(Schedule = ScheduleOptions(CollectInterval = 100))).CollectionsAfter updates
        require (actual = expected) $"{actual} instead of {expected}")

    let schedules = Input.quadruple (Input.integer 1 7) (Input.integer 1 4) (Input.integer 0 6) (Input.integer 1 5)

    // Seen to fail when the first collection followed update C instead of C + 1.
    "property 46: the schedule, executed step by step, collects after the same updates"
    |> Law.holds 30 schedules (fun (interval, seeds, more, every) ->
        let experiment =
            Experiment(
                Schedule = ScheduleOptions(CollectInterval = interval, SeedEpisodes = seeds, TestEpisodes = 1, Episodes = seeds + more),
                Evaluation = EvaluationOptions(Every = every)
            )

        let mutable progress = RunProgress()
        let mutable next = RunSchedule(experiment).Next(progress)

        while next <> RunStep.Done do
            if next = RunStep.Update then
                let expected = if progress.Updates <= interval then 0 else 1 + floorDiv (progress.Updates - 1 - interval) interval
                require (progress.Collected = expected) $"{progress} instead of {expected} collections"

            progress <- progress.After(next)
            next <- RunSchedule(experiment).Next(progress)

        require (progress.Collected = more && progress.SeedEpisodes = seeds) $"the run ended at {progress}")

    let schedules =
        Input.quadruple (Input.pair (Input.integer 1 7) (Input.integer 1 4)) (Input.integer 0 6) (Input.integer 1 5) (Input.integer 0 40)

    // Seen to fail when an evaluation was due for every update after the collection, and when the last one was left out.
    "property 46: updates after the collection are counted and evaluated like those between episodes"
    |> Law.holds 60 schedules (fun ((interval, seeds), more, every, after) ->
        let experiment =
            Experiment(
                Schedule =
                    ScheduleOptions(
                        CollectInterval = interval, SeedEpisodes = seeds, TestEpisodes = 1, Episodes = seeds + more,
                        UpdatesAfterCollection = after
                    ),
                Evaluation = EvaluationOptions(Every = every)
            )

        let mutable progress = RunProgress()
        let mutable next = RunSchedule(experiment).Next(progress)

        while next <> RunStep.Done do
            if next = RunStep.Update then
                // After the collection, an interval of updates counts as an episode.
                let tail = if progress.Episodes < seeds + more then 0 else progress.Updates - (if more = 0 then 0 else more * interval + 1)
                let due = (progress.Collected + tail / interval) / every
                require (progress.Evaluations = due) $"{progress} instead of {due} evaluations"

            progress <- progress.After(next)
            next <- RunSchedule(experiment).Next(progress)

        let updates = (if more = 0 then 0 else more * interval + 1) + after
        require (progress.Updates = updates && RunSchedule(experiment).Updates = updates) $"{progress} instead of {updates} updates"
        let units = float more + float after / float interval
        let evaluations = if units = 0.0 then 1 else int (Math.Ceiling(Math.Round(units / float every, 9)))
        require (progress.Evaluations = evaluations) $"{progress} instead of {evaluations} evaluations")
]
