module PlaNet.Properties.Actors

open System
open System.Collections.Generic
open System.Collections.Immutable
open System.Threading.Tasks
open PlaNet.Actors
open PlaNet.Actors.Local
open PlaNet.Actors.Wire
open Xunit

let private timeout = TimeSpan.FromSeconds 20.0

/// Keeps the words that it hears and answers anything else with them.
let private listener =
    Props.Of(
        (fun (_: ActorContext) -> Next.With(ImmutableList<struct (int * int)>.Empty)),
        (fun heard message _ ->
            match message with
            | :? struct (int * int) as word -> Next.With(heard.Add word)
            | _ -> Next.With(heard, Reply(heard)))
    )

/// Tells the listener its words, and answers anything else when that is done.
let private speaker =
    Props.Of(
        (fun (_: ActorContext) -> Next.With 0),
        (fun state message _ ->
            match message with
            | :? (Effect[]) as words -> Next.With(state, words)
            | _ -> Next.With(state, Reply message))
    )

// Seen to fail: what finds a full mailbox goes around it, by the lane of what the actor tells itself.
[<Fact>]
let ``What each of many actors and outsiders tells is heard whole and in its order`` () =
    let inputs = Input.triple (Input.integer 1 8) (Input.list 1 6 (Input.integer 0 40)) (Input.list 0 3 (Input.integer 0 40))

    Law.holds 40 inputs (fun (capacity, actors, outsiders) ->
        let mailboxes = MailboxSettings(Capacity = capacity, FullWaitSeconds = 60.0)
        let host = new LocalHost(LocalHostOptions(Settings = ActorSettings(Mailboxes = mailboxes)))
        let receiver = host.Spawn("receiver", listener)

        let speak (sender, count) =
            task {
                let actor = host.Spawn($"sender-{sender}", speaker)
                let words = Array.init count (fun i -> Tell(receiver, struct (sender, i)) :> Effect)
                do! host.TellAsync(actor, words)
                let! _ = host.AskAsync(actor, "done", timeout)
                ()
            }
            :> Task

        let call (sender, count) =
            Task.Run(fun () ->
                task {
                    for i in 0 .. count - 1 do
                        do! host.TellAsync(receiver, struct (sender, i))
                }
                :> Task)

        let senders = Seq.append (actors |> Seq.indexed |> Seq.map speak) (outsiders |> Seq.indexed |> Seq.map (fun (i, n) -> call (i + 100, n)))
        Task.WhenAll(Seq.toArray senders).Wait()
        let heard = host.AskAsync(receiver, "all", timeout).Result :?> ImmutableList<struct (int * int)>
        host.ShutdownAsync(timeout).Wait()
        Assert.Equal(List.sum actors + List.sum outsiders, heard.Count)

        for _, words in heard |> Seq.groupBy (fun (struct (sender, _)) -> sender) do
            Assert.Equal<int>(Seq.init (Seq.length words) id, words |> Seq.map (fun (struct (_, i)) -> i)))

// Seen to fail: a restart as old as the window counted as within it.
[<Fact>]
let ``Restarts and their pauses are those of a model that looks at every earlier failure`` () =
    let inputs = Input.quadruple (Input.integer 0 5) (Input.integer 1 20) (Input.list 0 30 (Input.integer 0 8)) (Input.real 0.0 1.0)

    Law.holds 500 inputs (fun (budget, window, gaps, uniform) ->
        let policy = RestartPolicy(budget, TimeSpan.FromSeconds(float window), TimeSpan.FromSeconds 1.0, TimeSpan.FromSeconds 5.0, 0.5)
        let restarted = List<int>()
        let mutable history = ImmutableList<TimeSpan>.Empty
        let mutable now = 0

        for gap in gaps do
            now <- now + gap
            let recent = restarted |> Seq.filter (fun time -> time > now - window) |> Seq.length
            let struct (next, pause) = policy.Next(history, TimeSpan.FromSeconds(float now), uniform)
            history <- next

            if recent >= budget then
                Assert.False pause.HasValue
            else
                restarted.Add now
                let doubled = Seq.fold (fun pause _ -> min 5.0 (2.0 * pause)) 1.0 (seq { 1..recent })
                Assert.Equal(doubled * (1.0 + 0.5 * uniform), pause.Value.TotalSeconds, 1e-6))

// Seen to fail: an absent version of the weights read as zero.
[<Fact>]
let ``An episode comes back from its bytes with every number`` () =
    let inputs = Input.quadruple (Input.integer 1 6) (Input.integer 1 5) (Input.integer 1 3) Input.seed

    Law.holds 200 inputs (fun (rows, size, actionSize, seed) ->
        let random = Random(int seed)
        let floats n = Array.init n (fun _ -> BitConverter.Int32BitsToSingle(random.Next()))
        let image = Array.zeroCreate (rows * size * (size + 1) * 3)
        random.NextBytes image
        let states = Dictionary<string, float32[]>()
        for i in 1 .. random.Next 3 do states[$"state-{i}"] <- floats (rows * i)
        let given = if random.Next 2 = 0 then Nullable() else Nullable(seed * 0x9E3779B97F4A7C15uL)
        let version = if random.Next 2 = 0 then Nullable() else Nullable(int64 seed)
        let episode =
            WholeEpisode("run", int64 seed, "name", size, size + 1, actionSize, image, floats (rows * actionSize), floats rows, states, given, version)

        let codec = MessageCodec()
        let read = codec.Decode(ReadOnlyMemory(codec.Encode episode)) :?> WholeEpisode
        let bits (values: float32[]) = values |> Array.map BitConverter.SingleToInt32Bits
        Assert.Equal<byte>(episode.Image, read.Image)
        Assert.Equal<int>(bits episode.Action, bits read.Action)
        Assert.Equal<int>(bits episode.Reward, bits read.Reward)
        Assert.Equal<string>(Seq.sort states.Keys, Seq.sort read.States.Keys)
        for state in states do Assert.Equal<int>(bits state.Value, bits read.States[state.Key])
        Assert.Equal((episode.Run, episode.Number, episode.Name, episode.Height, episode.Width, episode.ActionSize, episode.Seed, episode.WeightsVersion),
                     (read.Run, read.Number, read.Name, read.Height, read.Width, read.ActionSize, read.Seed, read.WeightsVersion)))
