module PlaNet.Properties.Actors

open System
open System.Collections.Generic
open System.Collections.Immutable
open System.Threading.Tasks
open Akka.Actor
open Expecto
open PlaNet.Runs.Actors
open PlaNet.Runs.Settings

let private timeout = TimeSpan.FromSeconds 60.0

/// Sends its parent as many numbered messages as it is told.
let private speaker sender =
    Behavior.Of(
        (fun (_: RoleContext) -> Next.With 0),
        (fun state message context ->
            let words = Array.init (unbox<int> message) (fun i -> Tell(context.Parent, struct (sender, i)) :> Effect)
            Next.With(state, words))
    )

let tests = testList "Actors" [

    let inputs = Input.triple (Input.integer 0 1) (Input.list 1 6 (Input.integer 0 40)) (Input.list 0 3 (Input.integer 0 40))

    // Seen to fail: messages stashed during a restart pause were delivered after it in reverse order.
    "Messages of every actor and of every external sender are delivered completely and in order"
    |> Law.holds 40 inputs (fun (crashes, actors, outsiders) ->
        let inAll = List.sum actors + List.sum outsiders
        let heard = TaskCompletionSource<ImmutableList<struct (int * int)>>()
        let crashed = [| 0 |]

        let listener =
            Behavior.Of(
                (fun (_: RoleContext) -> Next.With(ImmutableList<struct (int * int)>.Empty)),
                (fun words message _ ->
                    match message with
                    | :? struct (int * int) as word ->
                        let words = words.Add word
                        if words.Count = inAll then heard.TrySetResult words |> ignore
                        Next.With words
                    | _ ->
                        // The crash comes before the first word, so that words sent during the restart pause must be kept.
                        crashed[0] <- crashed[0] + 1
                        failwith "as planned")
            )

        // The parent of listener and speakers forwards all messages, so that only the listener crashes.
        let top =
            Behavior.Of(
                (fun (_: RoleContext) ->
                    let spawn (sender, _) = Spawn($"sender-{sender}", speaker sender) :> Effect
                    let speak (sender, count) = TellChild($"sender-{sender}", count :> obj) :> Effect
                    let crash = if crashes = 1 then [ TellChild("listener", "crash") :> Effect ] else []
                    let numbered = List.indexed actors
                    Next.With(
                        0,
                        List.toArray ((Spawn("listener", listener) :> Effect) :: crash @ List.map spawn numbered @ List.map speak numbered)
                    )),
                (fun state message _ -> Next.With(state, TellChild("listener", message)))
            )

        let supervision = SupervisionSettings(MinBackoffSeconds = 0.0, MaxBackoffSeconds = 0.0)
        let settings = HoconSettings(PlanetSettings(Supervision = supervision), HoconSettings.Default.Akka)
        let system = RoleSystem("top", top, (fun _ -> Directive.Stop), settings, TimeProvider.System, ignore)

        let call (sender, count) =
            Task.Run(fun () ->
                for i in 0 .. count - 1 do
                    system.Tell(struct (sender, i)))

        Task.WhenAll(outsiders |> Seq.indexed |> Seq.map (fun (i, n) -> call (i + 100, n)) |> Seq.toArray).Wait()
        if inAll = 0 then heard.TrySetResult ImmutableList.Empty |> ignore
        let words = system.EndAsync(heard.Task.WaitAsync timeout, timeout).Result
        Expect.equal words.Count inAll "words heard"
        if inAll > 0 then Expect.equal crashed[0] crashes "crashes"

        for _, words in words |> Seq.groupBy (fun (struct (sender, _)) -> sender) do
            Expect.sequenceEqual (words |> Seq.map (fun (struct (_, i)) -> i)) (Seq.init (Seq.length words) id) "the order of one speaker")

    let inputs = Input.quadruple (Input.integer 0 5) (Input.integer 1 20) (Input.list 0 30 (Input.integer 0 8)) (Input.real 0.0 1.0)

    // Seen to fail: a restart exactly as old as the window was counted.
    "Restarts and backoff delays match a model that checks every earlier failure"
    |> Law.holds 500 inputs (fun (budget, window, gaps, uniform) ->
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
                Expect.isFalse pause.HasValue "restarted beyond the budget"
            else
                restarted.Add now
                let doubled = Seq.fold (fun pause _ -> min 5.0 (2.0 * pause)) 1.0 (seq { 1..recent })
                Expect.floatClose Accuracy.high pause.Value.TotalSeconds (doubled * (1.0 + 0.5 * uniform)) "the pause")
]
