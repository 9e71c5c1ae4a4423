using Prism.Grains.Interfaces.SharedCalls;

namespace Prism.Grains.SharedCalls;

/// <summary>
/// The frames of one answer in order, each with a sequence number: one writer, any number of readers. The log bounds its memory. So it may drop frames
/// that no reader needs any more, and it may overtake a reader that is too slow.
/// </summary>
internal interface IAnswerLog : IDisposable
{
    /// <summary>Whether the frame that ends the answer is here.</summary>
    bool IsComplete { get; }

    /// <summary>Adds a frame, once there is room for it.</summary>
    /// <returns>Its sequence number. The first frame of an answer has the number 0.</returns>
    ValueTask<long> AppendAsync(AnswerFrame frame, CancellationToken cancellationToken);

    /// <summary>Nothing more will be added.</summary>
    void Close();

    /// <summary>Adds a reader before a frame.</summary>
    /// <param name="number">The frame's sequence number; the frame may be still to come.</param>
    /// <returns>To be disposed; null where the frame is no longer kept.</returns>
    IAnswerLogReader? TryRead(long number);

    /// <summary>Every frame, where all are kept, from the first to the last; else nothing.</summary>
    ReadOnlyMemory<AnswerFrame> ReadWhole();
}

/// <summary>A reader's position in a log. Not thread-safe.</summary>
internal interface IAnswerLogReader : IDisposable
{
    /// <summary>The sequence number of the next frame that it reads.</summary>
    long Next { get; }

    /// <summary>Whether it has read the frame that ends the answer.</summary>
    bool HasEnded { get; }

    /// <summary>Whether the next frame is no longer kept.</summary>
    bool WasOvertaken { get; }

    /// <summary>Reads the frames that were added since the last time; nothing where there are none.</summary>
    ReadOnlyMemory<AnswerFrame> Read();

    /// <summary>Waits for more frames.</summary>
    /// <returns>False where no more will come.</returns>
    ValueTask<bool> WaitAsync(CancellationToken cancellationToken);
}

/// <summary>Creates the log of a shared call.</summary>
/// <param name="shared">The shared call's id.</param>
/// <param name="first">The sequence number of the first frame that is added to it.</param>
internal delegate IAnswerLog AnswerLogFactory(string shared, long first);
