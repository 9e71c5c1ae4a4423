using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Prism.Grains.Chains.Running;

/// <summary>
/// A run's row. The valid state is the one that the storage has accepted: it rejects the write of an activation that another has overtaken. Whether
/// another failed write has reached the storage is unknown, so the storage is read before the write is repeated.
/// </summary>
internal sealed partial class RunStore(string runId, IPersistentState<RunState> storage, TimeProvider time, ILogger logger)
{
    // Some 8 s together: less than a caller waits for an answer.
    private const int MostRepeats = 5;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);

    private readonly string _writer = Guid.NewGuid().ToString("N");

    /// <summary>The run as it is written.</summary>
    public RunState Current { get; private set; } = storage.State;

    /// <summary>Whether there is one.</summary>
    public bool Exists => Current.Start is not null;

    /// <summary>How often this activation has written.</summary>
    public int Writes { get; private set; }

    /// <summary>Takes the state that the storage has read for the activation.</summary>
    public void Load() => Current = storage.State;

    /// <summary>Writes the run.</summary>
    /// <returns>False where it could not be: another activation has the run, or the storage is gone. This one must end then.</returns>
    public async Task<bool> TryWriteAsync(RunState next)
    {
        next = next with { Writer = _writer, Revision = Current.Revision + 1 };
        for (var repeat = 0; ; repeat++)
        {
            try
            {
                storage.State = next;
                await storage.WriteStateAsync();
                return Accept(next);
            }
            catch (InconsistentStateException exception)
            {
                LogOvertaken(runId, exception.Message);
                storage.State = Current;
                return false;
            }
            catch (Exception exception)
            {
                LogWriteFailed(runId, exception.Message);
                storage.State = Current;
                if (await AskAsync(next, repeat) is { } answer)
                {
                    return answer;
                }
            }
        }
    }

    /// <summary>Deletes the row.</summary>
    public async Task DeleteAsync()
    {
        await storage.ClearStateAsync();
        Current = new();
    }

    /// <returns>Whether the write has happened; null where it has not, and may be repeated.</returns>
    private async Task<bool?> AskAsync(RunState next, int repeats)
    {
        for (var repeat = repeats; repeat < MostRepeats; repeat++)
        {
            await Task.Delay(FirstPause * Math.Pow(2, repeat), time);
            try
            {
                await storage.ReadStateAsync();
                var stored = storage.State;
                return stored.Writer == _writer && stored.Revision == next.Revision ? Accept(next)
                    : stored.Writer == Current.Writer && stored.Revision == Current.Revision ? null
                    : false;
            }
            catch (Exception exception)
            {
                LogReadFailed(runId, exception.Message);
            }
        }

        return false;
    }

    private bool Accept(RunState next)
    {
        storage.State = Current = next;
        Writes++;
        return true;
    }

    [LoggerMessage(LogLevel.Warning, "Another activation has written run {Run} ({Reason:l})")]
    private partial void LogOvertaken(string run, string reason);

    [LoggerMessage(LogLevel.Warning, "Run {Run} could not be written ({Reason:l})")]
    private partial void LogWriteFailed(string run, string reason);

    [LoggerMessage(LogLevel.Warning, "Run {Run} could not be read again ({Reason:l})")]
    private partial void LogReadFailed(string run, string reason);
}
