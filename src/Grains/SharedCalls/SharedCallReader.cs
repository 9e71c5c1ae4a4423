using Prism.Grains.Interfaces.SharedCalls;

namespace Prism.Grains.SharedCalls;

/// <summary>A reader of a shared call, with a position of its own. Not thread-safe.</summary>
internal sealed class SharedCallReader(SharedCall shared, IAnswerLogReader log, bool foundWhole) : IDisposable
{
    private readonly long _first = log.Next;
    private bool _left;

    /// <summary>Whether the answer was whole before this reader came: then it was found, and not waited for with others.</summary>
    public bool FoundWhole => foundWhole || shared.WasFoundWhole;

    /// <summary>The sequence number of the next frame: a reader that comes back with it gets the frames from there on.</summary>
    public long Next => log.Next;

    /// <summary>Whether anything has been read.</summary>
    public bool HasBegun => log.Next > _first;

    /// <summary>Whether the last frame has been read.</summary>
    public bool HasEnded => log.HasEnded;

    /// <summary>Whether it was so slow that its next events are no longer kept.</summary>
    public bool WasOvertaken => log.WasOvertaken;

    /// <summary>Takes the events since the last time, if there are any.</summary>
    public ReadOnlyMemory<AnswerFrame> Read() => log.Read();

    /// <summary>Waits for more.</summary>
    /// <returns>
    /// False where no more will come: the shared call has ended or, unless <see cref="HasEnded"/>, is lost, or its reader was overtaken.
    /// </returns>
    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => log.WaitAsync(cancellationToken);

    public void Dispose()
    {
        if (!_left)
        {
            _left = true;
            log.Dispose();
            shared.OnReaderLeft();
        }
    }
}
