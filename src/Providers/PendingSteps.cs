using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Providers;

/// <summary>
/// The steps of a stream that have been read and not yet handed out. Those before the first output are held back: a stream without output has not begun,
/// and its call can still fail, or go elsewhere.
/// </summary>
internal sealed class PendingSteps
{
    // Real streams have one or two pieces before their first output. If there are more, the first ones have everything but output, and the last has
    // the newest count of tokens.
    private const int MostHeldBack = 8;

    private List<PendingStep>? _heldBack;
    private Queue<PendingStep>? _ready;

    /// <summary>Whether the next event can be handed out without queueing it.</summary>
    public bool IsEmpty => _heldBack is null && _ready is null;

    /// <summary>Adds a step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="hasBegun">Whether the first output has arrived: then nothing is held back any more.</param>
    public void Add(in PendingStep step, bool hasBegun)
    {
        if (hasBegun)
        {
            Release();
            Enqueue(step);
        }
        else if (_heldBack is { Count: MostHeldBack })
        {
            _heldBack[^1] = step;
        }
        else
        {
            (_heldBack ??= []).Add(step);
        }
    }

    /// <summary>Adds the failure that ends the stream. Before the first output, it replaces all steps.</summary>
    public void AddFailure(in PendingStep failure, bool hasBegun)
    {
        if (hasBegun)
        {
            Release();
        }

        _heldBack = null;
        Enqueue(failure);
    }

    /// <summary>Takes the next step.</summary>
    public bool TryTake(out PendingStep step)
    {
        step = default;
        if (_ready is null || !_ready.TryDequeue(out step))
        {
            return false;
        }

        _ready = _ready.Count == 0 ? null : _ready;
        return true;
    }

    private void Release()
    {
        _heldBack?.ForEach(Enqueue);
        _heldBack = null;
    }

    private void Enqueue(PendingStep step) => (_ready ??= new()).Enqueue(step);
}

/// <summary>A step that is queued: the bytes of a chunk with their skim, or an event in its canonical form.</summary>
internal readonly struct PendingStep
{
    private PendingStep(byte[]? raw, in ChunkSkim skim, in ChatStreamEvent streamEvent) => (Raw, Skim, Event) = (raw, skim, streamEvent);

    public byte[]? Raw { get; }

    public ChunkSkim Skim { get; }

    public ChatStreamEvent Event { get; }

    public static PendingStep Of(byte[] raw, in ChunkSkim skim) => new(raw, skim, default);

    public static PendingStep Of(in ChatStreamEvent streamEvent) => new(null, default, streamEvent);
}
