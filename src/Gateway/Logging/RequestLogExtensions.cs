using Microsoft.AspNetCore.Http;

namespace Prism.Gateway.Logging;

/// <summary>Finds the <see cref="RequestLog"/> of a request.</summary>
public static class RequestLogExtensions
{
    /// <summary>The log of this request. A host without request logging has one too, and never reads it.</summary>
    public static RequestLog GetLog(this HttpContext context)
    {
        var features = context.Features;
        if (features.Get<RequestLog>() is not { } log)
        {
            features.Set(log = new RequestLog());
        }

        return log;
    }
}
