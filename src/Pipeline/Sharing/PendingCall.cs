using Prism.Grains.SharedCalls;

namespace Prism.Pipeline.Sharing;

/// <summary>
/// A shared call that its request will lead if the cache decides so. It can be found from the beginning, because a request that follows it may arrive
/// before the cache's decision.
/// </summary>
internal sealed class PendingCall
{
    private readonly SharedCallRegistry _calls;
    private readonly SharedCallLeader _leader;
    private readonly SharedCallReader _reader;

    public PendingCall(SharedCallRegistry calls, SharedCallLeader leader)
    {
        (_calls, _leader) = (calls, leader);
        // Its leader subscribes before any other reader can, and so before any other reader can be the last to leave.
        (Call, _reader) = calls.Announce();
    }

    /// <summary>The shared call.</summary>
    public SharedCall Call { get; }

    /// <summary>Begins the shared call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="stream">Whether the upstream call is streamed, as its leader requested.</param>
    /// <returns>The leader's own reader.</returns>
    public SharedCallReader Lead(ChatCall call, bool stream)
    {
        _leader.Lead(Call, call, stream);
        return _reader;
    }

    /// <summary>Withdraws the shared call: its readers find it lost.</summary>
    public void Withdraw()
    {
        _calls.Remove(Call);
        Call.Withdraw();
    }
}
