using Prism.Grains.Interfaces.SharedCalls;
using Prism.Grains.SharedCalls;

namespace Prism.Pipeline.Sharing;

/// <summary>
/// A shared call that its request will lead, if it is told to. It can be found from the beginning, because a request that is told to follow it may come
/// before the news that there is something to follow.
/// </summary>
internal sealed class PendingCall
{
    private readonly SharedCallRegistry _calls;
    private readonly SharedCallLeader _leader;
    private readonly SharedCall _call;
    private readonly SharedCallReader _reader;

    public PendingCall(SharedCallRegistry calls, SharedCallLeader leader)
    {
        (_calls, _leader) = (calls, leader);
        // Its leader subscribes before anybody else can, and so before anybody else can have been the last to leave.
        (_call, _reader) = calls.Announce();
    }

    /// <summary>Its id.</summary>
    public string Id => _call.Id;

    /// <summary>Begins it.</summary>
    /// <param name="call">What is asked.</param>
    /// <param name="stream">Whether the call upstream is streamed, which is as its leader wants its answer.</param>
    /// <param name="key">What other silos find it by; null where it is for requests of this silo alone.</param>
    /// <param name="completed">Is run before it can no longer be found, with all its frames; with none where it did not become whole.</param>
    /// <returns>The leader's place in it.</returns>
    public SharedCallReader Lead(ChatCall call, bool stream, string? key, Func<ReadOnlyMemory<AnswerFrame>, Task> completed)
    {
        _leader.Lead(_call, call, stream, key, completed);
        return _reader;
    }

    /// <summary>There is no such call after all: its subscribers find it lost.</summary>
    public void Withdraw()
    {
        _calls.Remove(_call);
        _call.Withdraw();
    }
}
