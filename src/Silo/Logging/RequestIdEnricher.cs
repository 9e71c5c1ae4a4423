using Prism.Gateway.RequestIds;
using Serilog.Core;
using Serilog.Events;

namespace Prism.Silo.Logging;

/// <summary>Adds the id of the request to each of its log lines.</summary>
internal sealed class RequestIdEnricher : ILogEventEnricher
{
    public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
    {
        if (CurrentRequest.Id is { } id)
        {
            logEvent.AddPropertyIfAbsent(new("RequestId", new ScalarValue(id)));
        }
    }
}
