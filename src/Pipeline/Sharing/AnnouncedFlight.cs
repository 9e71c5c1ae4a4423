using Prism.Grains.SharedCalls;

namespace Prism.Pipeline.Sharing;

/// <summary>
/// A flight that its request will lead, if it is told to. It can be found from the beginning, because whoever is told to follow it may come
/// before the news that there is something to follow.
/// </summary>
internal sealed class AnnouncedFlight
{
    private readonly FlightRegistry _flights;
    private readonly FlightLeader _leader;
    private readonly Flight _flight;
    private readonly FlightReader _reader;

    public AnnouncedFlight(FlightRegistry flights, FlightLeader leader)
    {
        (_flights, _leader) = (flights, leader);
        // Its leader is on board before anybody else can be, and so before anybody else can have been the last to leave.
        (_flight, _reader) = flights.Announce();
    }

    /// <summary>Its id.</summary>
    public string Id => _flight.Id;

    /// <summary>Begins it.</summary>
    /// <returns>Its leader's seat.</returns>
    public FlightReader Lead(ChatCall call, FlightPlan plan)
    {
        _leader.Lead(_flight, call, plan);
        return _reader;
    }

    /// <summary>There is no such flight after all: whoever has boarded finds it lost.</summary>
    public void Withdraw()
    {
        _flights.Remove(_flight);
        _flight.Withdraw();
    }
}
