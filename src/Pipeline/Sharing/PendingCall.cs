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
    private readonly SharedCallReader _reader;

    public PendingCall(SharedCallRegistry calls, SharedCallLeader leader)
    {
        (_calls, _leader) = (calls, leader);
        // Its leader reads it before anybody else can, and so before anybody else can have been the last to leave.
        (Call, _reader) = calls.Announce();
    }

    /// <summary>The shared call.</summary>
    public SharedCall Call { get; }

    /// <summary>Begins it.</summary>
    /// <param name="call">What is asked.</param>
    /// <param name="stream">Whether the upstream call is streamed, which is as its leader wants its answer.</param>
    /// <returns>The leader's own reader.</returns>
    public SharedCallReader Lead(ChatCall call, bool stream)
    {
        _leader.Lead(Call, call, stream);
        return _reader;
    }

    /// <summary>There is no such call after all: its readers find it lost.</summary>
    public void Withdraw()
    {
        _calls.Remove(Call);
        Call.Withdraw();
    }
}
