using Prism.Grains.Interfaces.Chat;

namespace Prism.Providers.Upstream;

/// <summary>
/// The pieces of a stream that came before its first output. They wait for it: a stream of which nothing but these comes has not begun, and
/// its call can still fail, or go elsewhere.
/// </summary>
internal sealed class HeldBackPieces
{
    // Real streams have one or two. Of more, the first say all that can be said without output, and the last has the newest count of tokens.
    private const int Most = 8;

    private readonly List<ChatStreamEvent> _pieces = [];

    /// <summary>Holds a piece back.</summary>
    public void Add(ChatStreamEvent piece)
    {
        if (_pieces.Count < Most)
        {
            _pieces.Add(piece);
        }
        else
        {
            _pieces[^1] = piece;
        }
    }

    /// <summary>All of them, which wait no longer.</summary>
    public IReadOnlyList<ChatStreamEvent> Take()
    {
        if (_pieces.Count == 0)
        {
            return [];
        }

        ChatStreamEvent[] pieces = [.. _pieces];
        _pieces.Clear();
        return pieces;
    }
}
