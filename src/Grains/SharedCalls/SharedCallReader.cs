using Prism.Grains.Interfaces.SharedCalls;

namespace Prism.Grains.SharedCalls;

/// <summary>A reader's place in a shared call, from the start on. Not thread-safe.</summary>
internal sealed class SharedCallReader(SharedCall shared, SharedCallLog buffer) : IDisposable
{
    private bool _left;

    /// <summary>Whether the answer was whole before this reader came: then it was found, and not waited for with others.</summary>
    public bool FoundWhole { get => field || shared.WasFoundWhole; set; }

    /// <summary>Whether anything has been read.</summary>
    public bool HasBegun => Position > 0;

    /// <summary>Whether the last event has been read.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Whether it was so slow that what it needs next is not kept any more.</summary>
    public bool WasOvertaken => buffer.HasOvertaken(this);

    /// <summary>The next event to read. Belongs to the buffer.</summary>
    internal int Position { get; set; }

    /// <summary>Takes what has come since the last time; nothing where nothing has.</summary>
    public ReadOnlyMemory<AnswerFrame> Read()
    {
        var events = buffer.Read(this);
        HasEnded |= !events.IsEmpty && events.Span[^1].IsLast;
        return events;
    }

    /// <summary>Waits for more.</summary>
    /// <returns>
    /// False where no more will come: the shared call has ended or, unless <see cref="HasEnded"/>, is lost, or its reader was overtaken.
    /// </returns>
    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => buffer.WaitAsync(this, cancellationToken);

    public void Dispose()
    {
        if (!_left)
        {
            _left = true;
            shared.Leave(this);
        }
    }
}
