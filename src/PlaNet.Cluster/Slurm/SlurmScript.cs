using System.Globalization;

namespace PlaNet.Cluster.Slurm;

/// <summary>Writes the <c>sbatch</c> script of a job array of nodes.</summary>
public static class SlurmScript
{
    // Slurm sends USR1 to the script alone, but TERM to all its processes when the job is cancelled or pre-empted. A second signal would
    // end a node at once, so only USR1 is passed on. `wait` returns early when a trap runs, so it is repeated; once it has returned the
    // exit code of the node, a repeated `wait` returns 127.
    private const string Body = """
        set -u

        if [[ -z ${SLURM_ARRAY_JOB_ID-} || -z ${SLURM_ARRAY_TASK_ID-} ]]; then
            echo "This script is for Slurm: submit it with sbatch." >&2
            exit 2
        fi
        task="${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"

        log() { echo "$(date +%FT%T) $task: $*"; }

        # Near the time limit: the node stops its runs, which save checkpoints, and returns them to the coordinator.
        near_the_limit() { signalled=yes requeue=yes; log "time limit is near, stopping the node"; kill -TERM $(jobs -p); }
        # Cancelled: Slurm has signalled the node too. The task is not requeued.
        cancelled() { signalled=yes requeue=; log "cancelled or pre-empted, waiting for the node"; }

        log "on $(hostname), started again ${SLURM_RESTART_COUNT:-0} time(s)"
        requeue= code=0
        trap near_the_limit USR1
        trap cancelled TERM
        "${planet[@]}" &
        node=$!

        signalled=yes
        while [[ $signalled ]]; do
            signalled=
            wait "$node"
            status=$?
            ((status == 127)) || code=$status
        done
        log "the node ended with exit code $code"

        # Exit code 130: the node was stopped. With any other code there is nothing left to do, or the node failed.
        if [[ $requeue ]] && ((code == 130)); then
            log "requeueing this task"
            trap '' TERM
            scontrol requeue "$task" && exit 0
            log "scontrol could not requeue this task: submit the script again, no work is lost" >&2
        fi
        exit "$code"

        """;

    // Other nodes reach a task by the name of its machine. Left out if the coordinator listens on the loopback address only.
    private const string Bind = """
        --bind "$(hostname):0"
        """;

    /// <summary>The text of the script. It contains no password.</summary>
    public static string Of(SlurmJob job)
    {
        ArgumentNullException.ThrowIfNull(job);
        string[] node =
        [
            .. job.Program, "node",
            "--grid", job.Grid,
            "--join", string.Join(',', job.Join),
            "--runs", job.Runs,
            "--workers", Number(Math.Max(1, job.Gpus)),
            "--device", job.Gpus > 0 ? "cuda" : "cpu",
            "--until-done",
            "--rejoin",
            "--wait", Number((int)job.Wait.TotalSeconds),
            .. job.Insecure ? ["--insecure"] : Array.Empty<string>(),
        ];
        var bind = job.Join.All(other => other.IsLoopback) ? "" : " " + Bind;
        string[] lines =
        [
            "#!/usr/bin/env bash",
            $"#SBATCH --job-name=planet-{Plain(job.Grid)}",
            $"#SBATCH --array=1-{Number(job.Tasks)}",
            "#SBATCH --nodes=1",
            "#SBATCH --ntasks=1",
            $"#SBATCH --cpus-per-task={Number(job.Cpus)}",
            .. job.Gpus > 0 ? [$"#SBATCH --gres=gpu:{Number(job.Gpus)}"] : Array.Empty<string>(),
            .. job.Time is { } time ? [$"#SBATCH --time={Clock(time)}"] : Array.Empty<string>(),
            .. job.Partition is { } partition ? [$"#SBATCH --partition={partition}"] : Array.Empty<string>(),
            $"#SBATCH --signal=B:USR1@{Number((int)job.Notice.TotalSeconds)}",
            "#SBATCH --requeue",
            "#SBATCH --open-mode=append",
            "",
            $"planet=({string.Join(' ', node.Select(Quoted))}{bind})",
            Body,
        ];
        return string.Join('\n', lines);
    }

    // Within single quotes a shell interprets only the closing quote.
    private static string Quoted(string word) => $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    // Slurm parses #SBATCH lines without a shell, so quoting is not available there.
    private static string Plain(string name) =>
        string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' ? letter : '-'));

    private static string Clock(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours:00}:{time.Minutes:00}:{time.Seconds:00}");

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
